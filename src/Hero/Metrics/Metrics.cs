namespace Hero.Metrics;

/// <summary>Keras' metrics by name.</summary>
internal static class Metrics
{
    private static readonly Dictionary<string, Func<string, Metric>> ByName = new(StringComparer.Ordinal)
    {
        ["accuracy"] = name => new Accuracy(name),
        ["acc"] = name => new Accuracy(name),
        ["binary_accuracy"] = name => new BinaryAccuracy(name: name),
        ["categorical_accuracy"] = name => new CategoricalAccuracy(name),
        ["sparse_categorical_accuracy"] = name => new SparseCategoricalAccuracy(name),
        ["top_k_categorical_accuracy"] = name => new TopKCategoricalAccuracy(name: name),
        ["sparse_top_k_categorical_accuracy"] = name => new SparseTopKCategoricalAccuracy(name: name),
        ["mean_squared_error"] = name => new MeanSquaredError(name),
        ["mse"] = name => new MeanSquaredError(name),
        ["mean_absolute_error"] = name => new MeanAbsoluteError(name),
        ["mae"] = name => new MeanAbsoluteError(name),
    };

    public static Metric Get(string name) => ByName.TryGetValue(name, out var make)
        ? make(name)
        : throw new ArgumentException($"There is no metric \"{name}\"; there are {string.Join(", ", ByName.Keys)}. For one of your "
            + $"own use Metric.From(name, (yTrue, yPred) => ...).", nameof(name));
}
