using Hero.Saving;

namespace Hero.Layers;

/// <summary>x above 0, negativeSlope x below (Maas et al. 2013): any shape to the same shape.</summary>
public sealed class LeakyReLU : Layer
{
    private readonly double negativeSlope;

    /// <summary>Creates the layer.</summary>
    /// <param name="negativeSlope">The slope below 0.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The slope is negative.</exception>
    public LeakyReLU(double negativeSlope = 0.3, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (!(negativeSlope >= 0))
            throw new ArgumentOutOfRangeException(nameof(negativeSlope), negativeSlope,
                $"LeakyReLU needs a negativeSlope of 0 or more, got {negativeSlope}.");
        this.negativeSlope = negativeSlope;
    }

    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("negative_slope", negativeSlope);

    internal static LeakyReLU FromConfig(Config config) => new(config.GetDouble("negative_slope"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Tensor.Where(input > 0, input, input * negativeSlope);
    }
}
