using System.Diagnostics;
using Hero.Layers;
using Hero.Optimizers;

namespace Hero.Benchmarks;

/// <summary>Nets so small that what a step costs is mostly not arithmetic, with the work of the peers' scripts.</summary>
internal static class SmallNetBenchmarks
{
    // Steps before anything counts: by then the run time has compiled for good what it first compiled in haste.
    private const int WarmUpSteps = 100_000;

    /// <summary>
    /// The perceptron 7-64-1: Fit on 1,000 examples in batches of 32, Adam, everything a step needs included (shuffling, gathering the batch);
    /// one prediction; and predictions from several threads at the same time.
    /// </summary>
    public static int Mlp(string[] args)
    {
        const int Examples = 1000, Batch = 32, Epochs = 30, Steps = (Examples + Batch - 1) / Batch * Epochs;
        var repetitions = Arguments.Number(args, 0, 15);
        var random = new RandomGenerator(1);
        var (x, y) = (random.Uniform([Examples, 7]), random.Uniform([Examples, 1]));
        var model = new Sequential(new Input(7), new Dense(64, activation: "relu"), new Dense(1));
        model.Compile(new Adam(), "mse");
        Per(Steps, "MLP 7-64-1 step, batch 32, Adam", WarmUpSteps / Steps, repetitions, () => model.Fit(x, y, Batch, Epochs, Verbose.Silent));

        const int Calls = 1000;
        var one = random.Uniform([1, 7]);
        one.ToArray<float>();
        Per(Calls, "MLP 7-64-1 prediction, batch 1", WarmUpSteps / Calls, 10 * repetitions, Predictions);
        var callers = Threads.Count;
        Per(Calls * callers, $"MLP 7-64-1 prediction, {callers} callers", 10, repetitions, () => Together(callers, Predictions));
        return 0;

        void Predictions()
        {
            for (var i = 0; i < Calls; i++) model.PredictOnBatch(one);
        }
    }

    /// <summary>Softmax regression on known features: 4,000 steps of 100 rows drawn from 2,488 of 1,280 numbers, 4 classes, gradient descent.</summary>
    public static int SoftmaxRegression(string[] args)
    {
        const int Rows = 2488, Features = 1280, Classes = 4, Batch = 100;
        var steps = Arguments.Number(args, 0, 4000);
        var features = new Variable(new RandomGenerator(1).Uniform([Rows, Features]), trainable: false);
        var classes = new Variable(Tensor.From(Enumerable.Range(0, Rows).Select(row => row * Classes / Rows).ToArray()), trainable: false);
        var dense = new Dense(Classes);
        dense.Apply(features);
        var optimizer = new SGD(0.01);
        var step = Function.Compile(
            rows => dense.Apply(features.Gather(rows), training: true).SoftmaxCrossEntropy(classes.Gather(rows)).Mean(),
            updates: loss => optimizer.Updates(loss, dense.TrainableWeights));
        var draw = new Random(1);
        var rows = new int[Batch];
        Figure.Time($"softmax regression, {steps} steps", "s", 1, 5, () =>
        {
            for (var i = 0; i < steps; i++)
            {
                for (var k = 0; k < Batch; k++) rows[k] = draw.Next(Rows);
                step.Call(Tensor.From(rows));
            }
        });
        if (args.Contains(Arguments.Profile)) Console.WriteLine(step.Profile([Tensor.From(rows)], steps));
        return 0;
    }

    private static void Per(int count, string name, int warmUps, int repetitions, Action work)
    {
        for (var i = 0; i < warmUps; i++) work();
        var times = new double[repetitions];
        for (var i = 0; i < repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
        }
        Figure.Print(name, "us", times);
    }

    private static void Together(int callers, Action work)
    {
        var threads = new Thread[callers];
        for (var i = 0; i < callers; i++) (threads[i] = new Thread(() => work())).Start();
        foreach (var thread in threads) thread.Join();
    }
}
