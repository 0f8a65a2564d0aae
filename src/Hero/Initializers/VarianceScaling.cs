using Hero.Ops;
using Hero.Saving;

namespace Hero.Initializers;

/// <summary>What the variance is divided by.</summary>
public enum FanMode
{
    /// <summary>The inputs a unit has.</summary>
    In,

    /// <summary>The units an input goes to.</summary>
    Out,

    /// <summary>The mean of both.</summary>
    Average,
}

/// <summary>How values are spread.</summary>
public enum InitializerDistribution
{
    /// <summary>Normal, cut at two standard deviations and widened so that the variance is the one asked for.</summary>
    TruncatedNormal,

    /// <summary>Normal.</summary>
    UntruncatedNormal,

    /// <summary>Even.</summary>
    Uniform,
}

/// <summary>
/// Random values of variance scale / fan, so that signals neither grow nor fade from layer to layer: Glorot and Bengio 2010
/// ("glorot_uniform": scale 1, average), He et al. 2015 ("he_normal": scale 2, in), LeCun ("lecun_normal": scale 1, in).
/// </summary>
public class VarianceScaling : Initializer
{
    // The standard deviation of a standard normal distribution cut at two: scipy.stats.truncnorm.std(-2, 2).
    private const double TruncatedDeviation = 0.87962566103423978;

    private readonly double scale;
    private readonly FanMode mode;
    private readonly InitializerDistribution distribution;

    /// <summary>Creates the initializer.</summary>
    /// <param name="scale">The factor of the variance.</param>
    /// <param name="mode">What it is divided by.</param>
    /// <param name="distribution">How the values are spread.</param>
    /// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not above 0.</exception>
    public VarianceScaling(double scale = 1, FanMode mode = FanMode.In,
        InitializerDistribution distribution = InitializerDistribution.TruncatedNormal, long? seed = null)
        : base(seed)
    {
        if (!(scale > 0))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, $"VarianceScaling needs a scale above 0, got {scale}.");
        this.scale = scale;
        this.mode = mode;
        this.distribution = distribution;
    }

    internal static VarianceScaling FromConfig(Config config) => new(
        config.GetDouble("scale"), ReadEnum<FanMode>(config, "mode"), ReadEnum<InitializerDistribution>(config, "distribution"),
        ReadSeed(config));

    private protected sealed override string ClassName => nameof(VarianceScaling);

    private protected sealed override Config GetConfig() =>
        new Config().Set("scale", scale).Set("mode", mode.ToString()).Set("distribution", distribution.ToString());

    private protected sealed override Tensor Values(Shape shape, long seed, DType type)
    {
        var (fanIn, fanOut) = Fans(shape);
        var fan = mode switch { FanMode.In => fanIn, FanMode.Out => fanOut, _ => (fanIn + fanOut) / 2 };
        var variance = scale / Math.Max(1, fan);
        return distribution switch
        {
            InitializerDistribution.TruncatedNormal =>
                Draw(Distribution.TruncatedNormal, shape, seed, type) * (Math.Sqrt(variance) / TruncatedDeviation),
            InitializerDistribution.UntruncatedNormal => Draw(Distribution.Normal, shape, seed, type) * Math.Sqrt(variance),
            _ => Draw(Distribution.Uniform, shape, seed, type) * (2 * Math.Sqrt(3 * variance)) - Math.Sqrt(3 * variance),
        };
    }

    /// <summary>Inputs and outputs of a unit: the last two axes, times the size of the window before them.</summary>
    private static (double In, double Out) Fans(Shape shape)
    {
        if (shape.Rank == 0) return (1, 1);
        if (shape.Rank == 1) return (shape[0], shape[0]);
        double window = shape[..^2].Size;
        return (window * shape[^2], window * shape[^1]);
    }

    private static TEnum ReadEnum<TEnum>(Config config, string name) where TEnum : struct, Enum
    {
        var text = config.GetString(name);
        foreach (var value in Enum.GetValues<TEnum>())
            if (value.ToString() == text) return value;
        throw new ArgumentException($"{name}: expected one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
    }
}

/// <summary>Even in +-sqrt(6 / (in + out)): Glorot and Bengio 2010. Keras' default for kernels.</summary>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class GlorotUniform(long? seed = null) : VarianceScaling(1, FanMode.Average, InitializerDistribution.Uniform, seed);

/// <summary>Truncated normal of variance 2 / (in + out): Glorot and Bengio 2010.</summary>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class GlorotNormal(long? seed = null) : VarianceScaling(1, FanMode.Average, InitializerDistribution.TruncatedNormal, seed);

/// <summary>Even in +-sqrt(6 / in): He et al. 2015, for ReLU.</summary>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class HeUniform(long? seed = null) : VarianceScaling(2, FanMode.In, InitializerDistribution.Uniform, seed);

/// <summary>Truncated normal of variance 2 / in: He et al. 2015, for ReLU.</summary>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class HeNormal(long? seed = null) : VarianceScaling(2, FanMode.In, InitializerDistribution.TruncatedNormal, seed);

/// <summary>Even in +-sqrt(3 / in): LeCun et al. 1998.</summary>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class LecunUniform(long? seed = null) : VarianceScaling(1, FanMode.In, InitializerDistribution.Uniform, seed);

/// <summary>Truncated normal of variance 1 / in: LeCun et al. 1998, for SELU.</summary>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class LecunNormal(long? seed = null) : VarianceScaling(1, FanMode.In, InitializerDistribution.TruncatedNormal, seed);
