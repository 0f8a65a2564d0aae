using Hero.Saving;
using Hero.Vision.Retraining;

namespace Hero.Vision.Tests.Retraining;

public class RetrainBadInputTests
{
    [Fact]
    public void An_empty_or_missing_folder_is_explained()
    {
        using var set = new RetrainFixture();
        Assert.Throws<DirectoryNotFoundException>(() => set.Run(set.Scratch));
        Directory.CreateDirectory(set.Pictures);
        Assert.Contains("No classes in", Assert.Throws<InvalidDataException>(() => set.Run(set.Scratch)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_class_only_is_refused()
    {
        using var set = new RetrainFixture().Draw(2);
        Directory.Delete(set.File("pictures", "red"), recursive: true);
        Directory.Delete(set.File("pictures", "blue"), recursive: true);
        var message = Assert.Throws<InvalidDataException>(() => set.Run(set.Scratch)).Message;
        Assert.Contains("at least two classes", message, StringComparison.Ordinal);
        Assert.Contains("got only 'green'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_than_20_pictures_are_warned_of_and_trained_on()
    {
        using var set = new RetrainFixture().Draw(19).WithBase();
        set.Run(set.Options with { Steps = 2 });
        Assert.Contains("Class 'green' has only 19 pictures; with fewer than 20 it will not be learned well.", set.Warnings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unreadable_and_mislabelled_files_are_named_skipped_and_counted(bool onBase)
    {
        using var set = new RetrainFixture().Draw().WithBase();
        System.IO.File.WriteAllText(set.File("pictures", "red", "letter.jpg"), "Dear Sir, this is a text.");
        System.IO.File.WriteAllBytes(set.File("pictures", "red", "cut.png"), System.IO.File.ReadAllBytes(set.File("pictures", "red", "red0.png"))[..200]);
        System.IO.File.WriteAllBytes(set.File("pictures", "blue", "empty.bmp"), []);
        System.IO.File.WriteAllText(set.File("pictures", "blue", "notes.txt"), "no picture by its name");
        Directory.CreateDirectory(set.File("pictures", "nothing"));
        var result = set.Run(onBase ? set.Options : set.Scratch);
        Assert.Equal(["empty.bmp", "cut.png", "letter.jpg"], result.Skipped.Select(skipped => Path.GetFileName(skipped.File)));
        Assert.Equal(72, result.Pictures.Training + result.Pictures.Validation + result.Pictures.Testing);
        Assert.Contains(set.Warnings, warning => warning.Contains("letter.jpg", StringComparison.Ordinal) && warning.Contains("no JPEG, PNG or BMP", StringComparison.Ordinal));
        Assert.Contains(set.Warnings, warning => warning.Contains("notes.txt", StringComparison.Ordinal));
        Assert.Contains(set.Warnings, warning => warning.Contains("nothing", StringComparison.Ordinal) && warning.Contains("no class", StringComparison.Ordinal));

        // Known features do not make an unreadable file readable.
        set.Warnings.Clear();
        Assert.Equal(3, set.Run(onBase ? set.Options : set.Scratch).Skipped.Count);
    }

    [Fact]
    public void A_class_without_readable_pictures_is_refused()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        foreach (var file in Directory.GetFiles(set.File("pictures", "red"))) System.IO.File.WriteAllText(file, "text");
        Assert.Contains("Class 'red' has no readable pictures", Assert.Throws<InvalidDataException>(() => set.Run(set.Options)).Message, StringComparison.Ordinal);
        Assert.Contains(set.Warnings, warning => warning.Contains("14 more files", StringComparison.Ordinal));
    }

    [Fact]
    public void A_class_without_training_pictures_is_refused()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        foreach (var file in Directory.GetFiles(set.File("pictures", "red")).Skip(1)) System.IO.File.Delete(file);
        var salt = Enumerable.Range(0, 100).Select(i => $"{i}").First(text =>
            StableSplit.PartOf($"{text}red/{Path.GetFileName(Directory.GetFiles(set.File("pictures", "red"))[0])}", 15, 20) == DataPart.Testing);
        var message = Assert.Throws<InvalidDataException>(() => set.Run(set.Options with { SplitSalt = salt })).Message;
        Assert.Contains("all 1 fell into the validation and test parts", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_test_or_validation_pictures_the_rest_still_works()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        foreach (var options in new[] { set.Options, set.Scratch })
        {
            var result = set.Run(options with { TestingPercentage = 0, ValidationPercentage = 0 });
            Assert.Equal((72, 0, 0), result.Pictures);
            Assert.Equal((0, double.NaN), (result.Test.Count, result.Test.Accuracy));
            Assert.All(set.Figures, figures => Assert.Equal(0, figures.ValidationCount));
        }
    }

    [Fact]
    public void A_missing_damaged_or_unfit_base_is_explained()
    {
        using var set = new RetrainFixture().Draw();
        Assert.Contains("--base none", Assert.Throws<FileNotFoundException>(() => set.Run(set.Options)).Message, StringComparison.Ordinal);
        System.IO.File.WriteAllText(set.File("base.safetensors"), "this is no network");
        Assert.Throws<ModelFileException>(() => set.Run(set.Options));
        new Sequential(new Layers.Input(7), new Layers.Dense(2)).Save(set.File("base.safetensors"));
        Assert.Contains("cannot be a base", Assert.Throws<ModelFileException>(() => set.Run(set.Options)).Message, StringComparison.Ordinal);
        Assert.Contains("--fine-tune", Assert.Throws<ArgumentException>(() => set.Run(set.Scratch with { FineTune = true })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_found_before_the_work()
    {
        using var set = new RetrainFixture().Draw(2).WithBase();
        Directory.CreateDirectory(set.File("taken"));
        Assert.Contains("is a folder", Assert.Throws<UnauthorizedAccessException>(() => set.Run(set.Options with { Output = set.File("taken") })).Message, StringComparison.Ordinal);
        System.IO.File.WriteAllText(set.File("file"), "");
        Assert.Contains("--output", Assert.ThrowsAny<IOException>(() => set.Run(set.Options with { Output = set.File("file", "model.safetensors") })).Message, StringComparison.Ordinal);
        Assert.Contains("--logs", Assert.ThrowsAny<IOException>(() => set.Run(set.Options with { Logs = set.File("file") })).Message, StringComparison.Ordinal);
        Assert.Empty(set.Figures);
    }

    [SkippableFact]
    public void Curves_that_find_the_disk_full_cost_a_warning_and_no_training()
    {
        Skip.IfNot(System.IO.File.Exists("/dev/full"), "there is no /dev/full here");
        using var set = new RetrainFixture().Draw(8).WithBase();
        Directory.CreateDirectory(set.File("logs"));
        System.IO.File.CreateSymbolicLink(set.File("logs", "curves.csv"), "/dev/full");
        var result = set.Run(set.Options with { Logs = set.File("logs"), Steps = 400, EvalInterval = 1 });
        Assert.Equal(400, result.Steps);
        Assert.True(System.IO.File.Exists(set.File("model.safetensors")));
        Assert.Single(set.Warnings, warning => warning.Contains("curves", StringComparison.Ordinal));
    }

    [Fact]
    public void Pictures_outside_the_classes_are_told_of()
    {
        using var set = new RetrainFixture().Draw(4).WithBase();
        RetrainFixture.DrawOne(0, 0).SavePng(set.File("pictures", "loose.png"));
        Assert.Equal(12, set.Run(set.Options with { Steps = 2, TestingPercentage = 0, ValidationPercentage = 0 }).Pictures.Training);
        Assert.Contains(set.Warnings, warning => warning.StartsWith("1 picture lies in", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cache_that_cannot_be_written_costs_a_warning()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        System.IO.File.WriteAllText(set.Cache, "a file in the place of the folder");
        Assert.Equal(1, set.Run(set.Options).Test.Accuracy);
        Assert.Contains(set.Warnings, warning => warning.Contains("--cache", StringComparison.Ordinal));
    }

    [Fact]
    public void A_groups_file_of_other_pictures_is_refused()
    {
        using var set = new RetrainFixture().Draw(2).WithBase();
        System.IO.File.WriteAllText(set.File("groups.csv"), "file,label,group\nx.jpg,cat,1\n");
        Assert.Contains("names none of the pictures", Assert.Throws<InvalidDataException>(() => set.Run(set.Options with { Groups = set.File("groups.csv") })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_size_that_explodes_is_explained()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        Assert.Contains("--learning-rate", Assert.Throws<InvalidDataException>(() => set.Run(set.Options with { LearningRate = 1e6, Optimizer = "adamw", Steps = 200 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_outside_their_range_are_named()
    {
        var good = new RetrainOptions { Folder = "x" };
        good.Validate();
        foreach (var (bad, name) in new (RetrainOptions, string)[]
        {
            (good with { Steps = 0 }, "--steps"), (good with { LearningRate = 0 }, "--learning-rate"), (good with { LearningRate = double.NaN }, "--learning-rate"),
            (good with { Optimizer = "magic" }, "sgd, rmsprop"), (good with { BatchSize = 0 }, "--batch-size"), (good with { ValidationBatchSize = 0 }, "--validation-batch-size"), (good with { EvalInterval = 0 }, "--eval-interval"),
            (good with { TestingPercentage = -1 }, "--testing-percentage"), (good with { ValidationPercentage = 60, TestingPercentage = 40 }, "together below 100"),
            (good with { RandomCrop = 95 }, "--random-crop"), (good with { RandomScale = 101 }, "--random-scale"), (good with { RandomBrightness = 101 }, "--random-brightness"),
            (good with { SaveEvery = -1 }, "--save-every"), (good with { FineTune = true, Base = "none" }, "--fine-tune"), (good with { Folder = " " }, "folder"), (good with { Output = "" }, "--output"),
        })
            Assert.Contains(name, Assert.Throws<ArgumentException>(bad.Validate).Message, StringComparison.Ordinal);
    }
}
