using Hero.Callbacks;
using Hero.Data;
using Hero.Layers;
using Hero.Losses;
using Hero.Metrics;
using Hero.Optimizers;
using Hero.Tests.Models;

namespace Hero.Tests.Training;

[Collection(SeededCollection.Name)]
public class FitTests
{
    private static readonly (float[,] X, int[] Y) Data = SequentialTests.HalfPlanes(100);

    [Fact]
    public void Figures_of_an_epoch_are_means_over_all_examples_however_they_are_batched()
    {
        var model = Linear(new SGD(0));
        var y = Column(Data.Y);
        var whole = model.Evaluate(Data.X, y, batchSize: 100);
        foreach (var batchSize in new[] { 1, 7, 32, 1000 })
        {
            var parts = model.Evaluate(Data.X, y, batchSize);
            Assert.Equal(whole["loss"], parts["loss"], 1e-6);
            Assert.Equal(whole["mean_absolute_error"], parts["mean_absolute_error"], 1e-6);
        }
        var history = model.Fit(Data.X, y, batchSize: 32, epochs: 1, verbose: Verbose.Silent, shuffle: false);
        Assert.Equal(whole["loss"], history["loss"][0], 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Class_numbers_no_class_has_are_refused(bool softmax)
    {
        var model = new Sequential(new Input(2), new Dense(2, activation: softmax ? "softmax" : "sigmoid"));
        model.Compile("adam", "sparse_categorical_crossentropy");
        var fromOne = Array.ConvertAll(Data.Y, number => number + 1);
        var error = Assert.Throws<ArgumentException>(() => model.Fit(Data.X, fromOne, verbose: Verbose.Silent));
        Assert.Contains("class numbers from 0 to 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("got 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.Evaluate(Data.X, fromOne));
        Assert.Throws<ArgumentException>(() => model.Fit(Data.X, Array.ConvertAll(Data.Y, number => number - 1f), verbose: Verbose.Silent));
    }

    [Fact]
    public void One_step_of_descent_is_what_is_worked_out_by_hand()
    {
        var model = new Sequential(new Input(1),
            new Dense(1, useBias: false, kernelInitializer: "ones", kernelRegularizer: new Hero.Regularizers.L2(0.5)));
        model.Compile(new SGD(0.1), "mse");
        var logs = model.TrainOnBatch(new float[,] { { 1 }, { 2 } }, new float[,] { { 3 }, { 3 } });
        Assert.Equal((4 + 1) / 2.0 + 0.5, logs["loss"], 1e-6);
        // d/dw mean((w x - 3)^2) + w^2 / 2 at w = 1: (2 * -2 * 1 + 2 * -1 * 2) / 2 + 1
        Assert.Equal(1 - 0.1 * (-4 + 1), model.Weights[0].Item<float>(), 1e-6);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        float[] Train(long seed)
        {
            RandomGenerator.Default.Seed(seed);
            var model = Classifier();
            model.Fit(Data.X, Data.Y, batchSize: 16, epochs: 3, verbose: Verbose.Silent);
            return [.. model.Weights.SelectMany(weight => weight.ToArray<float>())];
        }
        var first = Train(1);
        Assert.Equal(first, Train(1));
        Assert.NotEqual(first, Train(2));
    }

    [Fact]
    public void The_end_of_the_data_is_kept_for_validation()
    {
        var model = Linear(new SGD(0));
        var y = Column(Data.Y);
        var split = model.Fit(Data.X, y, epochs: 1, verbose: Verbose.Silent, validationSplit: 0.25);
        var x = Tensor.From(Data.X);
        Assert.Equal(model.Evaluate(x[75..], Tensor.From(y)[75..])["loss"], split["val_loss"][0], 1e-6);
        Assert.Equal(model.Evaluate(x[..75], Tensor.From(y)[..75])["loss"], split["loss"][0], 1e-5);
        var none = Assert.Throws<ArgumentException>(() => model.Fit(x[..10], Tensor.From(y)[..10], validationSplit: 0.95));
        Assert.Contains("0.95 of 10 examples leaves none to train on", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_examples_and_of_classes_multiply()
    {
        var model = new Sequential(new Input(2), new Dense(3, activation: "softmax"));
        model.Compile(new SGD(0), "sparse_categorical_crossentropy", weightedMetrics: ["accuracy"]);
        var x = new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } };
        int[] y = [0, 2, 2];
        float[] sampleWeight = [1, 2, 0.5f];
        var p = model.Predict(x);
        double Loss(int example) => -Math.Log(p[example, y[example]].Item<float>());
        var history = model.Fit(
            x, y, verbose: Verbose.Silent, sampleWeight: sampleWeight, classWeight: new Dictionary<int, double> { [2] = 3 });
        Assert.Equal((Loss(0) + 6 * Loss(1) + 1.5 * Loss(2)) / 3, history["loss"][0], 1e-5);
        double Hit(int example) => p[example].ArgMax().Item<int>() == y[example] ? 1 : 0;
        Assert.Equal((Hit(0) + 6 * Hit(1) + 1.5 * Hit(2)) / 8.5, history["accuracy"][0], 1e-6);

        model.Compile(new SGD(0), "categorical_crossentropy");
        var oneHot = new float[,] { { 1, 0, 0 }, { 0, 0, 1 }, { 0, 0, 1 } };
        history = model.Fit(x, oneHot, verbose: Verbose.Silent, classWeight: new Dictionary<int, double> { [0] = 2 });
        Assert.Equal((2 * Loss(0) + Loss(1) + Loss(2)) / 3, history["loss"][0], 1e-5);
        Assert.Throws<ArgumentException>(() =>
            model.Fit(x, oneHot, verbose: Verbose.Silent, classWeight: new Dictionary<int, double> { [-1] = 2 }));
    }

    [Fact]
    public void Losses_and_metrics_of_one_s_own_are_functions()
    {
        var model = new Sequential(new Input(2), new Dense(1));
        model.Compile(
            "sgd", (yTrue, yPred) => (yTrue - yPred).Abs().Pow(3).Mean(-1),
            metrics: [Metric.From("largest", (yTrue, yPred) => yPred.Max())]);
        var history = model.Fit(Data.X, Column(Data.Y), epochs: 2, verbose: Verbose.Silent);
        Assert.Equal(["loss", "largest"], history.Keys);
        Assert.True(history["loss"][1] < history["loss"][0]);
    }

    [Fact]
    public void Data_comes_in_many_forms()
    {
        RandomGenerator.Default.Seed(4);
        var model = Classifier();
        var expected = model.Predict(Data.X).ToArray<float>();
        var jagged = Enumerable.Range(0, 100).Select(row => new[] { Data.X[row, 0], Data.X[row, 1] }).ToArray();
        Assert.Equal(expected, model.Predict(jagged).ToArray<float>());
        Assert.Equal(expected, model.Predict(Tensor.From(Data.X)).ToArray<float>());
        Assert.Equal(expected, model.Predict(Tensor.From(Data.X).Cast(DType.Float64)).ToArray<float>());
        model.Fit(jagged, Data.Y.Select(label => (byte)label).ToArray(), verbose: Verbose.Silent);
        model.Fit(Tensor.From(Data.X), Data.Y.Select(label => (long)label).ToArray(), verbose: Verbose.Silent);
        var batches = Dataset.Range(5).Map(number =>
            (Tensor.From(Data.X)[(number * 20)..(number * 20 + 20)], Tensor.From(Data.Y)[(number * 20)..(number * 20 + 20)]));
        var history = model.Fit(batches, epochs: 2, verbose: Verbose.Silent, validationData: batches);
        Assert.Equal(2, history["val_loss"].Count);
        Assert.Equal(model.Evaluate(Data.X, Data.Y)["loss"], model.Evaluate(batches)["loss"], 1e-6);
        Assert.Equal(0, model.Predict(new float[0, 2]).Size);
    }

    [Fact]
    public void Flat_numbers_are_a_column_and_one_batch_of_tensors_is_read_where_it_is()
    {
        var model = new Sequential(new Input(1), new Dense(1, kernelInitializer: "ones"));
        Assert.Equal([2, 3, 4], model.Predict(new float[] { 2, 3, 4 }).ToArray<float>());
        var (x, y) = (Tensor.From(new float[,] { { 1 }, { 2 } }), Tensor.From(new float[,] { { 3 }, { 4 } }));
        model.Compile("sgd", "mse");
        Assert.Equal(4, model.TestOnBatch(x, y)["loss"]);
        Assert.Equal(8, model.TestOnBatch(x, y, Tensor.From(new[] { 1f, 3 }))["loss"]);
        Assert.Equal(model.TestOnBatch(new float[,] { { 1 }, { 2 } }, y)["loss"], model.TrainOnBatch(x, y)["loss"]);
        Assert.Equal(model.Predict(x, batchSize: 1).ToArray<float>(), model.PredictOnBatch(x).ToArray<float>());
        Assert.Equal([1, 2], x.ToArray<float>());
    }

    [Fact]
    public void A_Sequential_without_Input_is_built_by_the_first_data()
    {
        var model = new Sequential(new Dense(4, activation: "relu"), new Dropout(0.1), new Dense(2, activation: "softmax"));
        Assert.Empty(model.Weights);
        Assert.Contains("Input", Assert.Throws<InvalidOperationException>(() => model.Inputs).Message);
        model.Compile("adam", "sparse_categorical_crossentropy");
        model.Fit(Data.X, Data.Y, verbose: Verbose.Silent);
        Assert.Equal(4, model.Weights.Count);
        Assert.Equal([2], model.Inputs[0].Shape.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_said_clearly()
    {
        var model = Classifier();
        Assert.Contains("(None, 2)",
            Assert.ThrowsAny<ArgumentException>(() => model.Fit(new float[4, 3], new int[4], verbose: Verbose.Silent)).Message);
        Assert.Contains("4 and 5",
            Assert.Throws<ArgumentException>(() => model.Fit(new float[4, 2], new int[5], verbose: Verbose.Silent)).Message);
        Assert.Contains("empty",
            Assert.Throws<ArgumentException>(() => model.Fit(new float[0, 2], Array.Empty<int>(), verbose: Verbose.Silent)).Message);
        Assert.Contains("Compile",
            Assert.Throws<InvalidOperationException>(() =>
                new Sequential(new Input(2), new Dense(1)).Fit(new float[4, 2], new int[4])).Message);
        Assert.Contains("decimal", Assert.Throws<ArgumentException>(() => model.Predict(new decimal[2, 2])).Message,
            StringComparison.OrdinalIgnoreCase);
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => model.Predict(new[] { new float[2], new float[3] })).Message);
        var error = Assert.ThrowsAny<ArgumentException>(() => new Sequential(new Input(4, 4, 1), new Conv2D(2, 5)));
        Assert.StartsWith("Conv2D 'conv2d'", error.Message, StringComparison.Ordinal);
        error = Assert.ThrowsAny<ArgumentException>(() =>
            new Sequential(new Input(4), new Dense(2), new Dense(3, name: "dense_1"), new Conv2D(2, 5)));
        Assert.StartsWith("Conv2D 'conv2d'", error.Message, StringComparison.Ordinal);
        Assert.Contains("two layers",
            Assert.Throws<ArgumentException>(() => new Sequential(new Input(4), new Dense(2, name: "a"), new Dense(3, name: "a"))).Message,
                StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Cancelling_leaves_a_usable_model_and_the_epochs_that_were_done()
    {
        using var cancel = new CancellationTokenSource();
        var model = Classifier();
        var stopping = new EarlyStopping("loss", patience: 100, restoreBestWeights: true);
        var watch = new LambdaCallback(onTrainBatchEnd: (batch, logs) => { if (model.TrainedEpochs == 2 && batch == 3) cancel.Cancel(); });
        Assert.ThrowsAny<OperationCanceledException>(() => model.Fit(
            Data.X, Data.Y, batchSize: 10, epochs: 50, verbose: Verbose.Silent, callbacks: [watch, stopping],
            cancellationToken: cancel.Token));
        Assert.Equal([0, 1], model.History!.Epochs);
        Assert.Equal(2, model.TrainedEpochs);
        Assert.True(double.IsFinite(model.Evaluate(Data.X, Data.Y)["loss"]));
        model.Fit(Data.X, Data.Y, epochs: 3, initialEpoch: 2, verbose: Verbose.Silent);
        Assert.Equal([2], model.History.Epochs);
    }

    [Fact]
    public void Waiting_for_data_is_reported()
    {
        var model = Linear(new SGD());
        var warnings = new Warnings();
        var history = model.Fit(Data.X, Column(Data.Y), epochs: 3, verbose: Verbose.Silent, callbacks: [warnings]);
        Assert.Equal(3, history.DataWait.Count);
        Assert.All(history.DataWait, share => Assert.InRange(share, 0, 1));
        Assert.Empty(warnings.Messages);
        var slow = Dataset.Range(4).Map(number =>
        {
            Thread.Sleep(400); // a disk that is far away: the steps take microseconds
            return (Tensor.From(Data.X), Tensor.From(Column(Data.Y)));
        });
        Assert.True(model.Fit(slow, verbose: Verbose.Silent, callbacks: [warnings]).DataWait[0] > 0.25);
        Assert.Contains("Prefetch", Assert.Single(warnings.Messages));
    }

    [Fact]
    public void A_model_tells_where_its_time_goes()
    {
        var model = Linear(new SGD());
        var before = model.Weights[0].ToArray<float>();
        var training = model.ProfileTraining(Data.X, Column(Data.Y), runs: 3);
        Assert.Equal(3, training.Runs);
        Assert.Contains(training.Steps, step => step.Flops >= 2 * 100 * 2);
        Assert.NotEqual(before, model.Weights[0].ToArray<float>()); // the steps are real
        Assert.Contains("MatMul", model.ProfilePredicting(Data.X).ToString(), StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => model.ProfilePredicting(new float[0, 2])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_no_number_is_reported_once_and_can_end_training()
    {
        var model = Linear(new SGD(1e30));
        var warnings = new Warnings();
        model.Fit(Data.X, Column(Data.Y), batchSize: 10, epochs: 3, verbose: Verbose.Silent, callbacks: [warnings]);
        Assert.Contains("learning rate", Assert.Single(warnings.Messages));
        Assert.True(double.IsNaN(model.History!["loss"][^1]));
        model = Linear(new SGD(1e30));
        model.Fit(Data.X, Column(Data.Y), batchSize: 10, epochs: 3, verbose: Verbose.Silent, callbacks: [new TerminateOnNaN()]);
        Assert.Single(model.History!.Epochs);
    }

    internal static float[,] Column(int[] values)
    {
        var column = new float[values.Length, 1];
        for (var i = 0; i < values.Length; i++) column[i, 0] = values[i];
        return column;
    }

    private static Sequential Linear(Optimizer optimizer)
    {
        RandomGenerator.Default.Seed(6);
        var model = new Sequential(new Input(2), new Dense(1));
        model.Compile(optimizer, "mse", metrics: ["mean_absolute_error"]);
        return model;
    }

    private static Sequential Classifier()
    {
        var model = new Sequential(new Input(2), new Dense(8, activation: "relu"), new Dropout(0.2), new Dense(2, activation: "softmax"));
        model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        return model;
    }

    private sealed class Warnings : Callback
    {
        public List<string> Messages { get; } = [];

        public override void OnWarning(string message) => Messages.Add(message);
    }
}
