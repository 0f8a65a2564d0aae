using Hero.Callbacks;
using Hero.Layers;
using Hero.Optimizers;
using Hero.Testing;
using Microsoft.Extensions.Logging;

namespace Hero.Tests.Callbacks;

[Collection(SeededCollection.Name)]
public class CallbackTests
{
    [Fact]
    public void EarlyStopping_ends_after_its_patience_and_puts_the_best_weights_back()
    {
        var stopping = new EarlyStopping(patience: 2, restoreBestWeights: true);
        var (model, weights) = Run([5, 3, 4, 2.95, 2.9, 9, 9, 9], stopping);
        Assert.Equal(7, model.History!.Epochs.Count);
        Assert.Equal((4, 6, 2.9), (stopping.BestEpoch, stopping.StoppedEpoch, stopping.Best));
        Assert.Equal(weights[4], model.Weights[0].ToArray<float>());

        stopping = new EarlyStopping(patience: 2, minDelta: 0.5);
        (model, weights) = Run([5, 3, 4, 2.95, 2.9, 9, 9, 9], stopping);
        Assert.Equal((1, 3), (stopping.BestEpoch, stopping.StoppedEpoch));
        Assert.Equal(weights[3], model.Weights[0].ToArray<float>());

        stopping = new EarlyStopping(patience: 1, mode: MonitorMode.Max, restoreBestWeights: true);
        Run([1, 2, double.NaN, 3], stopping);
        Assert.Equal((1, 2), (stopping.BestEpoch, stopping.StoppedEpoch));

        stopping = new EarlyStopping(patience: 3, baseline: 2.5);
        Run([5, 4, 4.5, 4.5], stopping);
        Assert.Equal(2, stopping.StoppedEpoch);

        var error = Assert.Throws<InvalidOperationException>(() => Run([1, 2], new EarlyStopping("val_accuracy")));
        Assert.Contains("validationData", error.Message);
    }

    [Fact]
    public void ReduceLROnPlateau_lowers_the_rate_rests_and_ends_at_its_least()
    {
        var plateau = new ReduceLROnPlateau(factor: 0.5, patience: 2, cooldown: 1, minLearningRate: 0.03);
        var (model, _) = Run([5, 5, 5, 5, 5, 5, 5, 5, 5, 5], plateau);
        // Worked through keras/src/callbacks/reduce_lr_on_plateau.py by hand: epoch 0 is best, 1 and 2 wait, 3 rests and waits ...
        Assert.Equal([0.1, 0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03, 0.03, 0.03],
            model.History!["learning_rate"].Select(rate => Math.Round(rate, 4)));
    }

    [Fact]
    public void LearningRateScheduler_sets_the_rate_of_each_epoch()
    {
        var (model, _) = Run([1, 1, 1], new LearningRateScheduler((epoch, rate) => epoch == 0 ? rate : rate * 0.5));
        Assert.Equal([0.1, 0.05, 0.025], model.History!["learning_rate"].Select(rate => Math.Round(rate, 6)));
    }

    [Fact]
    public void ModelCheckpoint_saves_all_or_the_best()
    {
        using var folder = new TemporaryFolder();
        var (model, weights) = Run([5, 3, 4, 2], new ModelCheckpoint(folder.File("best.safetensors"), saveBestOnly: true),
            new ModelCheckpoint(folder.File("{epoch:00}-{val_loss:F1}.safetensors"), saveWeightsOnly: true));
        Assert.Equal(["01-5.0.safetensors", "02-3.0.safetensors", "03-4.0.safetensors", "04-2.0.safetensors", "best.safetensors"],
            Directory.GetFiles(folder.Root).Select(Path.GetFileName).Order());
        Assert.Equal(weights[3], Model.Load(folder.File("best.safetensors")).Weights[0].ToArray<float>());
        model.LoadWeights(folder.File("02-3.0.safetensors"));
        Assert.Equal(weights[1], model.Weights[0].ToArray<float>());
    }

    [Fact]
    public void Lambdas_are_called_in_order()
    {
        var calls = new List<string>();
        Run([1, 1], new LambdaCallback(
            epoch => calls.Add($"begin {epoch}"), (epoch, logs) => calls.Add($"end {epoch} {logs.ContainsKey("loss")}"),
            () => calls.Add("train"), logs => calls.Add($"done {logs.ContainsKey("loss")}"),
            batch => calls.Add($"< {batch}"), (batch, logs) => calls.Add($"> {batch}")));
        Assert.Equal(["train", "begin 0", "< 0", "> 0", "< 1", "> 1", "end 0 True", "begin 1", "< 0", "> 0", "< 1", "> 1", "end 1 True",
            "done True"], calls);
    }

    [Fact]
    public void Figures_go_to_a_log()
    {
        var logger = new Lines();
        Run([1], new LoggerCallback(logger));
        Assert.StartsWith("Epoch 1/1: loss: ", Assert.Single(logger.Written), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_a_line_an_epoch_or_a_bar()
    {
        var text = new StringWriter { NewLine = "\n" };
        Run([0.5, 0.25], new ProgressBar(text, isTerminal: false, new Clock()));
        const string Line = @"2/2 1s 500ms/step - loss: \d\.\d{4} - val_loss: 0\.";
        Assert.Matches(@$"^Epoch 1/2\n{Line}5000\nEpoch 2/2\n{Line}2500\n$", text.ToString());

        text = new StringWriter { NewLine = "\n" };
        Run([0.5], new ProgressBar(text, isTerminal: true, new Clock()));
        var lines = text.ToString().Split('\r');
        Assert.StartsWith("1/2 ━━━━━━━━━━────────── ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("2/2 ━━━━━━━━━━━━━━━━━━━━ ", lines[^1], StringComparison.Ordinal);
    }

    /// <summary>Trains a small model whose val_loss is as given; gives the weights after each epoch.</summary>
    private static (Sequential Model, List<float[]> Weights) Run(double[] figures, params Callback[] callbacks)
    {
        var model = new Sequential(new Input(1), new Dense(2));
        model.Compile(new SGD(0.1), "mse");
        var weights = new List<float[]>();
        var feeder = new Figures(figures, weights);
        model.Fit(new float[,] { { 1 }, { 2 } }, new float[,] { { 1, 0 }, { 0, 1 } }, batchSize: 1, epochs: figures.Length,
            verbose: Verbose.Silent, callbacks: [feeder, .. callbacks]);
        return (model, weights);
    }

    private sealed class Figures(double[] figures, List<float[]> weights) : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs)
        {
            weights.Add(Model.Weights[0].ToArray<float>());
            logs.Set("val_loss", figures[epoch]);
        }
    }

    /// <summary>A second passes between two looks at it.</summary>
    private sealed class Clock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++now;
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
