using Hero.Data;
using Hero.Testing;
using Hero.Vision.Retraining;

namespace Hero.Vision.Tests.Retraining;

public class SplitTests
{
    // SHA-1 of the text, last 27 bits, times 100 / (2^27 - 1), by Python's hashlib.
    [Theory]
    [InlineData("cat/1.jpg", 29.274476537663315)]
    [InlineData("/data/simpson/train_set/bart/0_bart.jpg", 40.56525782171828)]
    [InlineData("Häuser/дом.png", 21.549146037914944)]
    public void The_percentage_is_that_of_the_published_rule(string key, double expected) =>
        Assert.Equal(expected, StableSplit.PercentageOf(key), 8);

    [Fact]
    public void Validation_comes_first_then_testing_then_training()
    {
        const string Key = "cat/1.jpg";
        Assert.Equal(DataPart.Validation, StableSplit.PartOf(Key, 60, 10));
        Assert.Equal(DataPart.Testing, StableSplit.PartOf(Key, 20, 10));
        Assert.Equal(DataPart.Training, StableSplit.PartOf(Key, 10, 10));
    }

    [Fact]
    public void Variants_of_a_picture_stay_together()
    {
        Assert.Equal("salt/cat/1", StableSplit.KeyOf("salt/", "cat", "1_nohash_left.jpg"));
        Assert.Equal("cat/1_no_hash.jpg", StableSplit.KeyOf("", "cat", "1_no_hash.jpg"));
    }

    [Fact]
    public void Adding_pictures_moves_none_and_each_is_in_one_part()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, 100);
        var options = new RetrainOptions { Folder = folder.Root };
        var before = PartsOf(PictureSplit.Of(ImageFolder.List(folder.Root), options));
        Assert.Equal(200, before.Count);
        Fill(folder, 150);
        var after = PartsOf(PictureSplit.Of(ImageFolder.List(folder.Root), options));
        Assert.Equal(300, after.Count);
        Assert.All(before, pair => Assert.Equal(pair.Value, after[pair.Key]));
        Assert.InRange(after.Values.Count(part => part == DataPart.Testing), 15, 45);
        Assert.NotEqual(after, PartsOf(PictureSplit.Of(ImageFolder.List(folder.Root), options with { SplitSalt = "other" })));
    }

    [Fact]
    public void A_group_stays_on_one_side()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, 100);
        var rows = Enumerable.Range(0, 100).Where(i => i != 7).SelectMany(i => new[] { $"any/where/{i}.jpg,a,{i / 5}", $"b\\{i}.jpg,b,{i / 5}" });
        var groups = PictureGroups.Read(new StringReader("File, label ,GROUP\n" + string.Join('\n', rows)), "groups.csv");
        Assert.Equal(198, groups.Count);
        Assert.Equal(20, groups.GroupCount);
        var split = PictureSplit.Of(ImageFolder.List(folder.Root), new RetrainOptions { Folder = folder.Root, TestingPercentage = 20 }, groups);
        Assert.Equal(2, split.Ungrouped);
        var sides = PartsOf(split).GroupBy(pair => int.Parse(Path.GetFileNameWithoutExtension(pair.Key), null) / 5)
            .Where(group => group.Key != 1).Select(group => group.Select(pair => pair.Value).Distinct().Count());
        Assert.All(sides, count => Assert.Equal(1, count));
        Assert.NotEmpty(split[DataPart.Testing]);
    }

    [Theory]
    [InlineData("", "got nothing")]
    [InlineData("file,label\na,b\n", "got file, label")]
    [InlineData("file,label,group\na.jpg,a,1\nb.jpg,,2\n", "row 2 needs a file, a label and a group, got 'b.jpg,,2'")]
    [InlineData("file,label,group\na.jpg\n", "row 1 needs")]
    [InlineData("file,label,group\na.jpg,a,1\nx/a.jpg,a,2\n", "row 2 puts 'a/a.jpg' into group 2, an earlier row into group 1")]
    public void A_groups_file_that_will_not_do_is_explained(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => PictureGroups.Read(new StringReader(text), "g.csv")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_groups_file_is_named() =>
        Assert.Contains("nowhere.csv", Assert.Throws<FileNotFoundException>(() => PictureGroups.Read("nowhere.csv")).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void The_talks_own_split_is_found_again()
    {
        var folder = ImageFolder.List(SharedData.Require("simpsons", "train"));
        var split = PictureSplit.Of(folder, new RetrainOptions { Folder = folder.Root, SplitSalt = "/data/simpson/train_set/" });
        Assert.Equal((1974, 253, 261), (split[DataPart.Training].Count, split[DataPart.Validation].Count, split[DataPart.Testing].Count));
    }

    [SkippableFact]
    public void The_shared_groups_stay_together()
    {
        var groups = PictureGroups.Read(SharedData.Require("simpsons", "train_groups.csv"));
        var folder = ImageFolder.List(SharedData.Require("simpsons", "train"));
        Assert.Equal((2488, 2135), (groups.Count, groups.GroupCount));
        var split = PictureSplit.Of(folder, new RetrainOptions { Folder = folder.Root }, groups);
        Assert.Equal(0, split.Ungrouped);
        var sides = Enum.GetValues<DataPart>().Select(part => split[part].Select(file => groups.Of(file.Label, file.FileName)).ToHashSet()).ToArray();
        Assert.Equal(2135, sides.Sum(side => side.Count));
    }

    private static Dictionary<string, DataPart> PartsOf(PictureSplit split) => Enum.GetValues<DataPart>()
        .SelectMany(part => split[part].Select(file => (file.Path, part))).ToDictionary(pair => pair.Path, pair => pair.part);

    private static void Fill(TemporaryFolder folder, int count)
    {
        foreach (var label in (ReadOnlySpan<string>)["a", "b"])
        {
            Directory.CreateDirectory(folder.File(label));
            for (var i = 0; i < count; i++) File.WriteAllBytes(folder.File(label, $"{i}.jpg"), []);
        }
    }
}
