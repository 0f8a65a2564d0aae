using System.Collections.Concurrent;
using Hero.Saving;

namespace Hero.Losses;

/// <summary>Keras' losses with their default settings, and by name.</summary>
public static class Losses
{
    private static readonly Dictionary<string, Func<Loss>> ByName = new(StringComparer.Ordinal)
    {
        ["categorical_crossentropy"] = () => new CategoricalCrossentropy(),
        ["sparse_categorical_crossentropy"] = () => new SparseCategoricalCrossentropy(),
        ["binary_crossentropy"] = () => new BinaryCrossentropy(),
        ["mean_squared_error"] = () => new MeanSquaredError(),
        ["mse"] = () => new MeanSquaredError(),
        ["mean_absolute_error"] = () => new MeanAbsoluteError(),
        ["mae"] = () => new MeanAbsoluteError(),
        ["huber"] = () => new Huber(),
    };

    private static readonly ConcurrentDictionary<string, Loss> Own = new(StringComparer.Ordinal);

    /// <summary>For one-hot targets and a softmax.</summary>
    public static Loss CategoricalCrossentropy { get; } = new CategoricalCrossentropy();

    /// <summary>For class numbers and a softmax.</summary>
    public static Loss SparseCategoricalCrossentropy { get; } = new SparseCategoricalCrossentropy();

    /// <summary>For targets 0 or 1 and a sigmoid.</summary>
    public static Loss BinaryCrossentropy { get; } = new BinaryCrossentropy();

    /// <summary>Mean of squared differences.</summary>
    public static Loss MeanSquaredError { get; } = new MeanSquaredError();

    /// <summary>Mean of absolute differences.</summary>
    public static Loss MeanAbsoluteError { get; } = new MeanAbsoluteError();

    /// <summary>Squared differences up to 1, linear beyond.</summary>
    public static Loss Huber { get; } = new Huber();

    internal static Registry<Loss> Registry { get; } = new("loss")
    {
        [nameof(CategoricalCrossentropy)] = Hero.Losses.CategoricalCrossentropy.FromConfig,
        [nameof(SparseCategoricalCrossentropy)] = Hero.Losses.SparseCategoricalCrossentropy.FromConfig,
        [nameof(BinaryCrossentropy)] = Hero.Losses.BinaryCrossentropy.FromConfig,
        [nameof(MeanSquaredError)] = _ => new MeanSquaredError(),
        [nameof(MeanAbsoluteError)] = _ => new MeanAbsoluteError(),
        [nameof(Huber)] = config => new Huber(config.GetDouble("delta")),
    };

    /// <summary>The loss of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Loss Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (ByName.TryGetValue(name, out var make)) return make();
        return Own.TryGetValue(name, out var own)
            ? own
            : throw new ArgumentException($"There is no loss \"{name}\"; there are {string.Join(", ", ByName.Keys)}.", nameof(name));
    }

    internal static bool IsRegistered(string name) => Own.ContainsKey(name);

    internal static void Register(string name, Func<Tensor, Tensor, Tensor> function)
    {
        var loss = Loss.From(function, name);
        Own[name] = loss;
        Registry[name] = _ => loss;
    }
}
