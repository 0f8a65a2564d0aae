using Hero.Layers;
using Hero.Losses;
using Hero.Optimizers;
using Hero.Vision.Applications;

namespace Hero.Benchmarks;

/// <summary>
/// Whole networks on numbers drawn by chance, with the work of the peers' scripts: what a training step or a picture takes.
/// </summary>
internal static class NetworkBenchmarks
{
    private const int MnistSteps = 469;

    private static string UnderPolicy =>
        (MixedPrecision.GlobalPolicy == DTypePolicy.Float32 ? "" : $", {MixedPrecision.GlobalPolicy}")
        + (DefaultMatmulPrecision.Current == MatmulPrecision.Highest ? "" : $", {DefaultMatmulPrecision.Current}");

    /// <summary>The convolutional network of examples/mnist_cnn.cs, batch 128, Adadelta.</summary>
    public static int MnistCnn(string[] args)
    {
        var model = new Sequential(
            new Input(28, 28, 1), new Conv2D(32, 3, activation: "relu"), new Conv2D(64, 3, activation: "relu"), new MaxPooling2D(2),
            new Dropout(0.25f), new Flatten(), new Dense(128, activation: "relu"), new Dropout(0.5f), new Dense(10, activation: "softmax"));
        return TrainMnist("MNIST CNN step, batch 128", model, new Adadelta(1.0), [28, 28, 1], args);
    }

    /// <summary>The perceptron of the peers' script: 784-512-512-10, dropout 0.2, batch 128, Adam.</summary>
    public static int MnistMlp(string[] args)
    {
        var model = new Sequential(
            new Input(784), new Dense(512, activation: "relu"), new Dropout(0.2), new Dense(512, activation: "relu"), new Dropout(0.2),
            new Dense(10, activation: "softmax"));
        return TrainMnist("MNIST MLP step, batch 128", model, new Adam(), [784], args);
    }

    /// <summary>MobileNet v2 1.0 224, inference: pictures a second at batches of 1, 8, 16 and 32.</summary>
    public static int MobileNet(string[] args)
    {
        var model = MobileNetV2.Create(includeTop: false, pooling: "avg", seed: 1);
        var batches = Arguments.Numbers(args);
        foreach (var batch in batches.Count > 0 ? batches : [1, 8, 16, 32])
        {
            var x = new RandomGenerator(2).Uniform([batch, 224, 224, 3], -1, 1);
            // Past the first tenths of a second, in which the run time still compiles what is called often; the peers' scripts run for seconds.
            Figure.Time($"MobileNet v2 224, batch {batch}{UnderPolicy}", "ms", Math.Max(3, 200 / batch), Math.Max(15, 600 / batch), () => model.PredictOnBatch(x));
            if (args.Contains(Arguments.Profile)) Console.WriteLine(model.ProfilePredicting(x));
        }
        return 0;
    }

    /// <summary>ResNet-20 for 32 x 32 pictures, batch 128, SGD with momentum 0.9 and weight decay.</summary>
    public static int ResNet(string[] args)
    {
        var model = ResNet20.Create();
        model.Compile(new SGD(0.1, momentum: 0.9, weightDecay: 1e-4), new SparseCategoricalCrossentropy(fromLogits: true));
        Train("ResNet-20 step, batch 128", model, batch: 128, [32, 32, 3], classes: 10, args, steps: 30);
        return 0;
    }

    /// <summary>MobileNet v2 1.0 224 with its classifier, batch 32, SGD with momentum 0.9.</summary>
    public static int MobileNetTrain(string[] args)
    {
        var model = MobileNetV2.Create(classifierActivation: null, seed: 1);
        model.Compile(new SGD(0.01, momentum: 0.9), new SparseCategoricalCrossentropy(fromLogits: true));
        Train("MobileNet v2 224 step, batch 32", model, batch: 32, [224, 224, 3], classes: 1000, args, steps: 15);
        return 0;
    }

    private static int TrainMnist(string name, Sequential model, Optimizer optimizer, Shape example, string[] args)
    {
        model.Compile(optimizer, "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var figure = Train(name, model, batch: 128, example, classes: 10, args, steps: 100);
        Console.WriteLine($"    {figure.Median * MnistSteps / 1000:F1} s an epoch of {MnistSteps} steps, {Threads.Count} threads");
        return 0;
    }

    private static Figure Train(string name, Model model, int batch, Shape example, int classes, string[] args, int steps)
    {
        steps = Arguments.Number(args, 0, steps);
        const int Batches = 4;
        var x = new RandomGenerator(1).Uniform([batch * Batches, .. example.Dimensions]);
        var y = Tensor.From(Enumerable.Range(0, batch * Batches).Select(i => i * 7 % classes).ToArray());
        var clock = new StepClock(Math.Min(10, steps), steps);
        var history = model.Fit(x, y, batch, clock.Steps / (Batches - 1) + 1, Verbose.Silent, [clock]);
        var figure = Figure.Print(name + UnderPolicy, "ms", clock.Milliseconds, $"{clock.AllocatedBytes} B allocated a step, {history.DataWait.Average():P1} of the time waiting for batches");
        if (args.Contains(Arguments.Profile)) Console.WriteLine(model.ProfileTraining(x[..batch], y[..batch]));
        return figure;
    }
}
