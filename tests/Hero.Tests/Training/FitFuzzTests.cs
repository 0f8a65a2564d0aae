using System.Globalization;
using Hero.Callbacks;
using Hero.Layers;
using Hero.Optimizers;
using Hero.Testing;

namespace Hero.Tests.Training;

/// <summary>
/// Random networks, data and ways of training them: what must not depend on the way does not, bit by bit where nothing is rounded otherwise.
/// A case that fails names its seed; HERO_FUZZ_FIRST and HERO_FUZZ_COUNT choose the cases of the slow run.
/// </summary>
[Collection(SeededCollection.Name)]
public class FitFuzzTests
{
    private const int Epochs = 3;

    [Fact]
    public void Ways_to_train_agree() => Check(0, 4);

    [SkippableFact]
    [Trait(SlowProof.Category, SlowProof.Slow)]
    public void Many_more_ways_do()
    {
        SlowProof.Require();
        Check(Setting("HERO_FUZZ_FIRST", 1000), Setting("HERO_FUZZ_COUNT", 500));
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static void Check(int first, int count)
    {
        var threads = Threads.Count;
        var failures = new List<string>();
        try
        {
            for (var seed = first; seed < first + count; seed++)
            {
                var random = RandomTraining.Make(seed);
                foreach (var (name, check) in Checks)
                {
                    try
                    {
                        if (check(random) is { } fault) failures.Add($"seed {seed}, {name}: {fault}\n  {random}");
                    }
                    catch (Exception error) when (error is not OutOfMemoryException)
                    {
                        failures.Add($"seed {seed}, {name}: {error.GetType().Name} {error.Message} {error.StackTrace?.Split('\n')[0]}\n  {random}");
                    }
                    finally
                    {
                        MixedPrecision.SetGlobalPolicy("float32");
                        Threads.Count = threads;
                    }
                }
            }
        }
        finally
        {
            MixedPrecision.SetGlobalPolicy("float32");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} failures\n{string.Join("\n", failures.Take(12))}");
    }

    private static readonly (string Name, Func<RandomTraining, string?> Check)[] Checks =
    [
        ("batch by batch", BatchByBatch),
        ("saved and loaded in between", SavedInBetween),
        ("stopped by a callback", Stopped),
        ("figures of all batch sizes", BatchSizes),
        ("one thread", OneThread),
        ("examples that do not count", Weightless),
        ("weights of classes as of examples", ClassWeights),
        ("the end kept for validation", Split),
        ("early stopping with the best weights", Early),
    ];

    /// <summary>Fit in order is one TrainOnBatch after the other.</summary>
    private static string? BatchByBatch(RandomTraining at)
    {
        var (whole, parts) = (at.Model(), at.Model());
        at.Fit(whole, epochs: 2, shuffle: false);
        for (var epoch = 0; epoch < 2; epoch++) at.TrainOnBatches(parts, at.Count);
        return Differ(whole, parts);
    }

    /// <summary>A file in between changes nothing: the order of examples, slots of the optimizer and chances of dropout go on.</summary>
    private static string? SavedInBetween(RandomTraining at)
    {
        using var folder = new TemporaryFolder();
        var (whole, begun) = (at.Model(), at.Model());
        // Both draw the seed of the order from the default generator.
        RandomGenerator.Default.Seed(77);
        at.Fit(whole, Epochs);
        RandomGenerator.Default.Seed(77);
        at.Fit(begun, 1);
        begun.Save(folder.File("begun.safetensors"));
        var resumed = Model.Load(folder.File("begun.safetensors"));
        RandomGenerator.Default.Seed(5);
        at.Fit(resumed, Epochs, initialEpoch: resumed.TrainedEpochs);
        return Differ(whole, resumed);
    }

    private static string? Stopped(RandomTraining at)
    {
        var (whole, parts) = (at.Model(), at.Model());
        var batches = (at.Count + at.BatchSize - 1) / at.BatchSize;
        var last = at.Seed % batches;
        at.Fit(whole, Epochs, shuffle: false, callbacks: [new LambdaCallback(onTrainBatchEnd: (batch, _) => whole.StopTraining = batch == last)]);
        if (whole.History!.Epochs.Count != 1) return $"{whole.History.Epochs.Count} epochs instead of one";
        at.TrainOnBatches(parts, (last + 1) * at.BatchSize);
        return Differ(whole, parts);
    }

    private static string? BatchSizes(RandomTraining at)
    {
        var model = at.Model();
        at.Fit(model, 1);
        // Of masked steps those of a batch count together, as in Keras.
        if (at.HasMask) return null;
        var whole = model.Evaluate(at.X, at.Y, at.Count, at.WeightsOf(..));
        foreach (var size in new[] { 1, 2, at.BatchSize })
        {
            var parts = model.Evaluate(at.X, at.Y, size, at.WeightsOf(..));
            foreach (var (name, value) in whole)
                if (!Close(value, parts[name], at.IsMixed ? 0.03 : 2e-5)) return $"{name} is {parts[name]} in batches of {size}, {value} at once";
        }
        return null;
    }

    private static string? OneThread(RandomTraining at)
    {
        var (many, one) = (at.Model(), at.Model());
        Threads.Count = 4;
        RandomGenerator.Default.Seed(3);
        at.Fit(many, 2);
        Threads.Count = 1;
        RandomGenerator.Default.Seed(3);
        at.Fit(one, 2);
        return Differ(many, one);
    }

    /// <summary>Examples of weight 0 may hold any numbers.</summary>
    private static string? Weightless(RandomTraining at)
    {
        if (at.Weights is null || at.HasBatchNormalization) return null;
        var (one, other) = (at.Model(), at.Model());
        at.Fit(one, 2, shuffle: false);
        at.Fit(other, 2, shuffle: false, x: at.XWithOtherRows());
        return Differ(one, other);
    }

    private static string? ClassWeights(RandomTraining at)
    {
        if (!at.HasClasses) return null;
        var (byClass, byExample) = (at.Model(), at.Model());
        at.Fit(byClass, 2, shuffle: false, classWeight: new Dictionary<int, double> { [1] = 2.5, [0] = 0.5 }, weights: null);
        at.Fit(byExample, 2, shuffle: false, weights: Tensor.From(Array.ConvertAll(at.Classes, number => number switch { 0 => 0.5f, 1 => 2.5f, _ => 1 })));
        return Differ(byClass, byExample);
    }

    private static string? Split(RandomTraining at)
    {
        if (at.Count < 2 || at.HasMask) return null;
        var split = (at.Seed % 9 + 1) / 10.0;
        var trained = (int)(at.Count * (1 - split));
        if (trained < 1) return Throws(() => at.Fit(at.Model(), 1, validationSplit: split));
        var (model, apart) = (at.Model(), at.Model());
        var history = at.Fit(model, 2, shuffle: false, validationSplit: split);
        var rest = apart.Fit(at.X[..trained], at.Y[..trained], at.BatchSize, 2, Verbose.Silent, shuffle: false, sampleWeight: at.WeightsOf(..trained));
        if (Differ(model, apart) is { } fault) return fault;
        if (history["loss"][^1] != rest["loss"][^1]) return $"loss {history["loss"][^1]} instead of {rest["loss"][^1]}";
        var judged = model.Evaluate(at.X[trained..], at.Y[trained..], at.BatchSize, at.WeightsOf(trained..))["loss"];
        return judged.Equals(history["val_loss"][^1]) ? null : $"val_loss {history["val_loss"][^1]} instead of {judged}";
    }

    private static string? Early(RandomTraining at)
    {
        var (model, again) = (at.Model(), at.Model());
        var stopping = new EarlyStopping("loss", patience: 1, restoreBestWeights: true);
        var history = at.Fit(model, 6, shuffle: false, callbacks: [stopping]);
        var losses = history["loss"].ToArray();
        var best = Array.IndexOf(losses, losses.Min());
        if (losses.Length < 6 && losses.Length != best + 2) return $"stopped after {losses.Length} epochs, the best was number {best}";
        at.Fit(again, best + 1, shuffle: false);
        // A training that ends by itself keeps its last weights... unless it was stopped.
        if (losses.Length == 6 && best < 5) return null;
        return DifferInWeights(model, again);
    }

    private static string? Throws(Action action)
    {
        try { action(); }
        catch (ArgumentException) { return null; }
        return "no error for no examples";
    }

    private static bool Close(double a, double b, double tolerance) => a.Equals(b) || Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(a));

    private static string? DifferInWeights(Model one, Model other)
    {
        foreach (var (a, b) in one.Weights.Zip(other.Weights))
        {
            var (left, right) = (a.Cast(DType.Float64).ToArray<double>(), b.Cast(DType.Float64).ToArray<double>());
            for (var i = 0; i < left.Length; i++)
                if (!left[i].Equals(right[i])) return string.Create(CultureInfo.InvariantCulture, $"'{a.Name}' {a.Shape} at {i}: {left[i]} and {right[i]}");
        }
        return null;
    }

    private static string? Differ(Model one, Model other) =>
        DifferInWeights(one, other) ?? (one.TrainedEpochs is var epochs && epochs > 0 && other.TrainedEpochs > 0 && epochs != other.TrainedEpochs ? $"{epochs} and {other.TrainedEpochs} epochs" : null);
}
