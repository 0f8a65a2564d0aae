using Hero.Saving;

namespace Hero.Layers;

/// <summary>The same features at each of n time steps: (batch, features) -> (batch, n, features).</summary>
/// <example><code>new RepeatVector(10)</code></example>
public sealed class RepeatVector : Layer
{
    private readonly int n;

    /// <summary>Creates the layer.</summary>
    /// <param name="n">Time steps.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is less than 1.</exception>
    public RepeatVector(int n, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (n < 1) throw new ArgumentOutOfRangeException(nameof(n), n, $"RepeatVector repeats at least once, got {n}.");
        this.n = n;
    }

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("n", n);

    internal static RepeatVector FromConfig(Config config) => new(config.GetInt("n"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != 2) throw new ArgumentException($"expects inputs of shape (batch, features), got {input.Shape}");
        return input.ExpandDims(1).BroadcastTo([input.Shape[0], n, input.Shape[1]]);
    }
}
