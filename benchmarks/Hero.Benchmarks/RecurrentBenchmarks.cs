using Hero.Layers;
using Hero.Optimizers;

namespace Hero.Benchmarks;

/// <summary>The recurrent networks of the peers' script: one LSTM and a dense unit on its last output, Adam, mean squared error.</summary>
internal static class RecurrentBenchmarks
{
    public static int Lstm(string[] args)
    {
        Measure(units: 256, steps: 7, features: 1, batch: 32, args, repetitions: 200);
        Measure(units: 128, steps: 100, features: 64, batch: 64, args, repetitions: 40);
        return 0;
    }

    private static void Measure(int units, int steps, int features, int batch, string[] args, int repetitions)
    {
        repetitions = Arguments.Number(args, 0, repetitions);
        var name = $"LSTM({units}) {steps} x {features}";
        var model = new Sequential(new Input(steps, features), new LSTM(units), new Dense(1));
        model.Compile(new Adam(), "mse");
        var random = new RandomGenerator(1);
        Tensor x = random.Uniform([batch, steps, features]), y = random.Uniform([batch, 1]), one = random.Uniform([1, steps, features]);
        Figure.Time($"{name} step, batch {batch}", "ms", Math.Min(20, repetitions), repetitions, () => model.TrainOnBatch(x, y));
        if (args.Contains(Arguments.Profile)) Console.WriteLine(model.ProfileTraining(x, y));
        Figure.Time($"{name}, batch 1", "ms", 200, 500, () => model.PredictOnBatch(one));
        if (args.Contains(Arguments.Profile)) Console.WriteLine(model.ProfilePredicting(one));
    }
}
