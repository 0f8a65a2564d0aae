using Hero.Ops;
using Hero.Saving;

namespace Hero.Initializers;

/// <summary>Numbers even in [minimum, maximum).</summary>
/// <param name="minimum">The least.</param>
/// <param name="maximum">Above the greatest.</param>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class RandomUniform(double minimum = -0.05, double maximum = 0.05, long? seed = null) : Initializer(seed)
{
    private protected override Config GetConfig() => new Config().Set("minval", minimum).Set("maxval", maximum);

    private protected override Tensor Values(Shape shape, long seed, DType type) =>
        Draw(Distribution.Uniform, shape, seed, type) * (maximum - minimum) + minimum;
}

/// <summary>Normally distributed numbers.</summary>
/// <param name="mean">Their mean.</param>
/// <param name="standardDeviation">Their standard deviation.</param>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class RandomNormal(double mean = 0, double standardDeviation = 0.05, long? seed = null) : Initializer(seed)
{
    private protected override Config GetConfig() => new Config().Set("mean", mean).Set("stddev", standardDeviation);

    private protected override Tensor Values(Shape shape, long seed, DType type) =>
        Draw(Distribution.Normal, shape, seed, type) * standardDeviation + mean;
}

/// <summary>Normally distributed numbers, drawn again where further than two standard deviations from the mean.</summary>
/// <param name="mean">Their mean.</param>
/// <param name="standardDeviation">The standard deviation before the tails are cut (as Keras).</param>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class TruncatedNormal(double mean = 0, double standardDeviation = 0.05, long? seed = null) : Initializer(seed)
{
    private protected override Config GetConfig() => new Config().Set("mean", mean).Set("stddev", standardDeviation);

    private protected override Tensor Values(Shape shape, long seed, DType type) =>
        Draw(Distribution.TruncatedNormal, shape, seed, type) * standardDeviation + mean;
}
