using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Rectified linear unit: any shape to the same shape. y = maxValue where x &gt;= maxValue, x where threshold &lt;= x, else
/// negativeSlope (x - threshold).
/// </summary>
public sealed class ReLU : Layer
{
    private readonly double? maxValue;
    private readonly double negativeSlope;
    private readonly double threshold;

    /// <summary>Creates the layer.</summary>
    /// <param name="maxValue">The greatest output; none when null.</param>
    /// <param name="negativeSlope">The slope below the threshold.</param>
    /// <param name="threshold">Where the slope begins.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative.</exception>
    public ReLU(double? maxValue = null, double negativeSlope = 0, double threshold = 0, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (maxValue is { } most && !(most >= 0))
            throw new ArgumentOutOfRangeException(nameof(maxValue), most, $"ReLU needs a maxValue of 0 or more, got {most}.");
        if (!(negativeSlope >= 0))
            throw new ArgumentOutOfRangeException(nameof(negativeSlope), negativeSlope,
                $"ReLU needs a negativeSlope of 0 or more, got {negativeSlope}.");
        if (!(threshold >= 0))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, $"ReLU needs a threshold of 0 or more, got {threshold}.");
        this.maxValue = maxValue;
        this.negativeSlope = negativeSlope;
        this.threshold = threshold;
    }

    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() =>
        base.GetConfig().Set("max_value", maxValue).Set("negative_slope", negativeSlope).Set("threshold", threshold);

    internal static ReLU FromConfig(Config config) => new(
        config.Has("max_value") ? config.GetDouble("max_value") : null, config.GetDouble("negative_slope"), config.GetDouble("threshold"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (threshold == 0 && negativeSlope == 0)
            return maxValue switch { null => input.Relu(), 6 => input.Relu6(), { } most => input.Relu().Minimum(most) };
        var above = maxValue is { } limit ? input.Minimum(limit) : input;
        return Tensor.Where(input >= threshold, above, (input - threshold) * negativeSlope);
    }
}
