using Hero.Saving;
using Hero.Vision.Retraining;

namespace Hero.Vision.Tests.Retraining;

public class RetrainStopTests
{
    [Theory]
    [InlineData("head")]
    [InlineData("scratch")]
    [InlineData("fine-tune")]
    public void A_stopped_training_goes_on_as_if_it_had_not_stopped(string kind)
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var options = kind switch
        {
            "head" => set.Options with { Optimizer = "adam", LearningRate = 0.01, EvalInterval = 5 },
            "scratch" => set.Scratch,
            _ => set.Options with { FineTune = true, FineTuneEpochs = 4, EvalInterval = 2 },
        };
        set.Run(options with { Output = set.File("whole.safetensors") });
        var whole = set.Figures.ToArray();
        set.Figures.Clear();

        var work = kind == "fine-tune" ? "Fine-tuning" : "Training";
        var at = kind == "head" ? 20 : 2;
        var stopped = set.RunUntil(options, figures => figures.Work == work && figures.Step == at);
        Assert.True(stopped.Stopped);
        var state = set.File("model.state.safetensors");
        Assert.True(System.IO.File.Exists(state));
        PictureClassifier.Load(stopped.Model); // what was best until then can be used

        var resumed = set.Run(options with { Resume = true });
        Assert.False(resumed.Stopped);
        Assert.Equal(whole, set.Figures.DistinctBy(figures => (figures.Work, figures.Step)));
        Assert.Equal(System.IO.File.ReadAllBytes(set.File("whole.safetensors")), System.IO.File.ReadAllBytes(resumed.Model));
        Assert.False(System.IO.File.Exists(state));
    }

    [Fact]
    public void States_saved_on_the_way_serve_after_a_kill()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        set.Run(set.Options with { Output = set.File("whole.safetensors") });
        // An exception out of nowhere is as good as a kill: nothing is tidied up after it.
        set.OnReport = report =>
        {
            if (report is RetrainFigures { Step: 40 }) throw new InvalidOperationException("killed");
        };
        Assert.Throws<InvalidOperationException>(() => set.Run(set.Options with { SaveEvery = 16 }));
        set.OnReport = null;
        Assert.False(System.IO.File.Exists(set.Options.Output));
        set.Figures.Clear();
        set.Run(set.Options with { Resume = true });
        Assert.Equal([40, 59], set.Figures.Select(figures => figures.Step)); // it went on after step 32
        Assert.Equal(System.IO.File.ReadAllBytes(set.File("whole.safetensors")), System.IO.File.ReadAllBytes(set.Options.Output));
    }

    [Fact]
    public void A_state_of_another_training_is_refused()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        set.RunUntil(set.Options, figures => figures.Step == 20);
        var error = Assert.Throws<ModelFileException>(() => set.Run(set.Options with { Resume = true, Seed = 1 }));
        Assert.Contains("without --resume", error.Message, StringComparison.Ordinal);
        Assert.Contains("seed 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_to_resume_is_said_and_done_without()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        Assert.Equal(60, set.Run(set.Options with { Resume = true }).Steps);
        Assert.Contains(set.Warnings, warning => warning.Contains("no saved state", StringComparison.Ordinal));
    }

    [Fact]
    public void Stopped_while_reading_the_features_so_far_are_kept()
    {
        using var set = new RetrainFixture().Draw(40).WithBase();
        using var source = new CancellationTokenSource();
        set.OnReport = report =>
        {
            if (report is RetrainAdvance { Work: "Reading pictures", Done: >= 64 }) source.Cancel();
        };
        Assert.ThrowsAny<OperationCanceledException>(() => set.Run(set.Options, source.Token));
        Assert.False(System.IO.File.Exists(set.Options.Output));
        set.OnReport = null;
        set.Run(set.Options);
        Assert.Contains(set.Messages, message => message.Contains("64 are known from earlier runs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_disk_costs_the_place_of_the_model_not_the_model()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var result = new RetrainJob(set.Options, set, (model, path) =>
        {
            if (path == set.Options.Output) throw new IOException("No space left on device");
            model.Save(path);
        }).Run();
        Assert.Contains("No space left on device", result.OutputError, StringComparison.Ordinal);
        Assert.Contains(result.Model, result.OutputError, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(set.Options.Output));
        Assert.Equal("green", PictureClassifier.Load(result.Model).Predict(RetrainFixture.DrawOne(1, 500))[0].Label);
        System.IO.File.Delete(result.Model);

        var error = Assert.Throws<IOException>(() => new RetrainJob(set.Options, set, (_, _) => throw new IOException("No space left on device")).Run());
        Assert.Contains("Make room and run again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_was_there_is_replaced_only_by_a_whole_one()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        System.IO.File.WriteAllText(set.Options.Output, "what was there");
        Assert.Throws<IOException>(() => new RetrainJob(set.Options, set, (_, _) => throw new IOException("full")).Run());
        Assert.Equal("what was there", System.IO.File.ReadAllText(set.Options.Output));
    }
}
