using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// In training sets inputs to 0 with a probability and divides the others by 1 - rate; otherwise passes them on (Srivastava et
/// al. 2014). Any shape to the same shape.
/// </summary>
/// <example><code>new Dropout(0.5f)</code></example>
public sealed class Dropout : Layer
{
    private readonly long? seed;
    private RandomGenerator? generator;

    /// <summary>Creates the layer.</summary>
    /// <param name="rate">The probability, from 0 to below 1.</param>
    /// <param name="seed">When not given, the next one of <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public Dropout(double rate, long? seed = null, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, $"Dropout needs a rate of at least 0 and below 1, got {rate}.");
        Rate = rate;
        this.seed = seed;
    }

    /// <summary>The probability that an input is dropped.</summary>
    public double Rate { get; }

    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("rate", Rate).Set("seed", seed);

    internal static Dropout FromConfig(Config config) => new(config.GetDouble("rate"), config.Has("seed") ? config.GetLong("seed") : null);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape) => generator = Rate > 0 ? AddGenerator(seed) : null;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return training && generator is not null ? input.Dropout(Rate, generator) : input;
    }
}
