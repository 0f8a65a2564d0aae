using System.Text.Json;
using Hero.Vision.Retraining;

namespace Hero.Vision.Tests.Retraining;

public class RetrainJobTests
{
    [Fact]
    public void A_folder_becomes_a_classifier()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var result = set.Run(set.Options);
        Assert.Equal(RetrainFixture.Colors, result.Labels);
        Assert.Equal(72, result.Pictures.Training + result.Pictures.Validation + result.Pictures.Testing);
        Assert.Equal((result.Pictures.Testing, 1.0), (result.Test.Count, result.Test.Accuracy));
        Assert.Equal((60, false, set.Options.Base), (result.Steps, result.Stopped, result.Base));
        Assert.Equal([0, 20, 40, 59], set.Figures.Select(figures => figures.Step));
        Assert.Contains("3 classes: blue 24, green 24, red 24", set.Messages[0], StringComparison.Ordinal);
        Assert.Empty(set.Warnings);

        // The file is all that prediction needs.
        System.IO.File.Delete(set.Options.Base!);
        var classifier = PictureClassifier.Load(result.Model);
        for (var color = 0; color < 3; color++)
        {
            var predictions = classifier.Predict(RetrainFixture.DrawOne(color, 500));
            Assert.Equal(RetrainFixture.Colors[color], predictions[0].Label);
            Assert.Equal(1, predictions.Sum(prediction => prediction.Probability), 5);
            Assert.Equal(predictions.OrderByDescending(prediction => prediction.Probability), predictions);
        }
    }

    [Fact]
    public void The_second_run_knows_the_features_and_gives_the_same_file()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        set.Run(set.Options);
        var first = System.IO.File.ReadAllBytes(set.Options.Output);
        Assert.Contains("Computing the features of 72 pictures.", set.Messages);
        set.Messages.Clear();
        set.Run(set.Options with { Output = set.File("second.safetensors") });
        Assert.Contains("The features of all 72 pictures are known from earlier runs.", set.Messages);
        Assert.Equal(first, System.IO.File.ReadAllBytes(set.File("second.safetensors")));

        // New pictures are computed in other batches than before: the file must not show it.
        foreach (var file in Directory.GetFiles(set.Cache, "*", SearchOption.AllDirectories)) System.IO.File.Delete(file);
        foreach (var file in Directory.GetFiles(set.Pictures, "*1*", SearchOption.AllDirectories)) System.IO.File.Move(file, file + ".away");
        set.Run(set.Options);
        foreach (var file in Directory.GetFiles(set.Pictures, "*.away", SearchOption.AllDirectories)) System.IO.File.Move(file, file[..^5]);
        set.Run(set.Options);
        Assert.Equal(first, System.IO.File.ReadAllBytes(set.Options.Output));
    }

    [Fact]
    public void Distorted_pictures_train_a_head_without_kept_features()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var result = set.Run(set.Options with { FlipLeftRight = true, RandomCrop = 10, RandomScale = 10, RandomBrightness = 10 });
        Assert.Equal(1, result.Test.Accuracy);
        Assert.False(Directory.Exists(set.Cache));
        Assert.Equal("red", PictureClassifier.Load(result.Model).Predict(RetrainFixture.DrawOne(2, 500))[0].Label);
    }

    [Fact]
    public void Fine_tuning_trains_the_base_too()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var before = set.Run(set.Options);
        var after = set.Run(set.Options with { FineTune = true, FineTuneEpochs = 3, Output = set.File("tuned.safetensors") });
        Assert.Equal(1, after.Test.Accuracy);
        Assert.Equal("Fine-tuning", set.Figures[^1].Work);
        var (frozen, tuned) = (PictureNetwork.Load(before.Model).Features.Weights, PictureNetwork.Load(after.Model).Features.Weights);
        Assert.NotEqual(frozen[0].ToArray<float>(), tuned[0].ToArray<float>());
    }

    [Fact]
    public void A_small_network_is_trained_from_scratch()
    {
        using var set = new RetrainFixture().Draw();
        var result = set.Run(set.Scratch with { Steps = 40, EvalInterval = 10 });
        Assert.InRange(result.Test.Accuracy, 0.9, 1);
        Assert.Equal("none", result.Base);
        Assert.True(set.Figures[^1].CrossEntropy < 0.5 * set.Figures[0].CrossEntropy);
    }

    [Fact]
    public void A_classifier_can_be_the_base_of_another()
    {
        using var set = new RetrainFixture().Draw();
        set.Run(set.Scratch with { Steps = 30, Output = set.File("base.safetensors") });
        Assert.Equal(1, set.Run(set.Options with { LearningRate = 0.1 }).Test.Accuracy);
        Assert.Contains(set.Messages, message => message.Contains("128 features, pictures of 64 x 64", StringComparison.Ordinal));
    }

    [Fact]
    public void Curves_and_report_are_written()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var result = set.Run(set.Options with { Logs = set.File("logs") });
        var lines = System.IO.File.ReadAllLines(set.File("logs", "curves.csv"));
        Assert.Equal("phase,step,train_accuracy,cross_entropy,validation_accuracy,validation_count", lines[0]);
        Assert.Equal(4, lines.Length - 1);
        Assert.StartsWith("Training,59,", lines[^1], StringComparison.Ordinal);
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(set.File("logs", "report.json")));
        Assert.Equal(result.Test.Count, report.RootElement.GetProperty("test").GetProperty("count").GetInt32());
        Assert.Equal(3, report.RootElement.GetProperty("test").GetProperty("confusionMatrix").GetArrayLength());
        Assert.Equal(result.Model, report.RootElement.GetProperty("model").GetString());
    }

    [Fact]
    public void The_line_of_a_step_is_the_talks()
    {
        var figures = new RetrainFigures("Training", 30, 0.65, 1.1723184, 0.69, 100);
        Assert.Equal("Step 30: train accuracy 65.0 %, cross entropy 1.172318, validation accuracy 69.0 % (N=100)", figures.ToString());
        Assert.Equal("Step 30: train accuracy 65.0 %, cross entropy 1.172318", (figures with { ValidationCount = 0 }).ToString());
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("rmsprop")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("adadelta")]
    public void Every_optimizer_named_can_be_used(string name)
    {
        using var set = new RetrainFixture().Draw(10).WithBase();
        set.Run(set.Options with { Optimizer = name, Steps = 3, LearningRate = null });
        Assert.True(double.IsFinite(set.Figures[^1].CrossEntropy));
    }
}
