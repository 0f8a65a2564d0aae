using Hero.Ops;
using Hero.Saving;

namespace Hero.Initializers;

/// <summary>
/// Gives weights their first values. A name stands for Keras' initializer of that name: <c>kernelInitializer: "he_normal"</c>.
/// Values are a function of the seed and the shape, on every machine.
/// </summary>
public abstract class Initializer
{
    private protected Initializer(long? seed) => Seed = seed;

    /// <summary>The seed; when null each weight gets the next one of <see cref="RandomGenerator.Default"/>.</summary>
    public long? Seed { get; }

    /// <summary>Keras' initializer of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static implicit operator Initializer(string name) => Initializers.Get(name);

    /// <summary>First values of a shape.</summary>
    /// <param name="shape">The weight's shape.</param>
    /// <param name="seed">Used when the initializer has no seed of its own.</param>
    /// <param name="type">float32 or float64.</param>
    public Tensor Create(Shape shape, long seed, DType type = DType.Float32) => Values(shape, Seed ?? seed, type);

    internal static Registry<Initializer> Registry { get; } = new("initializer")
    {
        [nameof(Constant)] = config => new Constant(config.GetDouble("value")),
        [nameof(Orthogonal)] = config => new Orthogonal(config.GetDouble("gain"), ReadSeed(config)),
        [nameof(RandomUniform)] = config => new RandomUniform(config.GetDouble("minval"), config.GetDouble("maxval"), ReadSeed(config)),
        [nameof(RandomNormal)] = config => new RandomNormal(config.GetDouble("mean"), config.GetDouble("stddev"), ReadSeed(config)),
        [nameof(TruncatedNormal)] = config => new TruncatedNormal(config.GetDouble("mean"), config.GetDouble("stddev"), ReadSeed(config)),
        [nameof(VarianceScaling)] = VarianceScaling.FromConfig,
    };

    internal Config Write()
    {
        var settings = GetConfig();
        if (Seed is { } seed) settings.Set("seed", seed);
        return Registry<Initializer>.Write(ClassName, settings);
    }

    /// <summary>The type that files name.</summary>
    private protected virtual string ClassName => GetType().Name;

    private protected abstract Config GetConfig();

    private protected abstract Tensor Values(Shape shape, long seed, DType type);

    // Not through a RandomGenerator: while a function is traced that would make a new draw in each of its runs.
    private protected static Tensor Draw(Distribution distribution, Shape shape, long seed, DType type) =>
        new RandomNumbersOp(distribution, type, shape).Apply(Tensor.From<long>([seed, 0]));

    private protected static long? ReadSeed(Config config) => config.Has("seed") ? config.GetLong("seed") : null;
}
