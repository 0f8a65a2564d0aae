using Hero.Saving;

namespace Hero.Optimizers;

/// <summary>The optimizers by name, and what their settings have in common.</summary>
internal static class Optimizers
{
    private static readonly Dictionary<string, Func<Optimizer>> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sgd"] = () => new SGD(),
        ["rmsprop"] = () => new RMSprop(),
        ["adam"] = () => new Adam(),
        ["adamw"] = () => new AdamW(),
        ["adadelta"] = () => new Adadelta(),
    };

    public static Registry<Optimizer> Registry { get; } = new("optimizer")
    {
        [nameof(SGD)] = SGD.FromConfig,
        [nameof(RMSprop)] = RMSprop.FromConfig,
        [nameof(Adam)] = Adam.FromConfig,
        [nameof(AdamW)] = AdamW.FromConfig,
        [nameof(Adadelta)] = Adadelta.FromConfig,
    };

    public static Optimizer Get(string name) => ByName.TryGetValue(name, out var make)
        ? make()
        : throw new ArgumentException($"There is no optimizer \"{name}\"; there are {string.Join(", ", ByName.Keys)}.", nameof(name));

    public static double? Optional(Config config, string name) => config.Has(name) ? config.GetDouble(name) : null;

    public static double Fraction(double value, string name, string optimizer) => value >= 0 && value <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{optimizer} needs {name} from 0 to 1, got {value}.");

    public static double Epsilon(double value, string optimizer) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"{optimizer} needs an epsilon of 0 or more, got {value}.");
}
