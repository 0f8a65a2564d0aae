using Hero.Saving;

namespace Hero.Layers;

/// <summary>What both poolings of sequences share.</summary>
public abstract class Pooling1D : Layer
{
    private protected Pooling1D(int poolSize, int? strides, Padding padding, string? name, DTypePolicy? dtype)
        : base(name, dtype)
    {
        if (poolSize < 1 || strides < 1)
            throw new ArgumentException($"{GetType().Name} needs a poolSize and strides of at least 1, got {poolSize} and {strides}.");
        PoolSize = poolSize;
        Strides = strides ?? poolSize;
        Padding = padding;
    }

    /// <summary>Length of the windows.</summary>
    public int PoolSize { get; }

    /// <summary>How far they move.</summary>
    public int Strides { get; }

    /// <summary>How they move over the ends.</summary>
    public Padding Padding { get; }

    /// <inheritdoc/>
    public override Config GetConfig() =>
        base.GetConfig().Set("pool_size", PoolSize).Set("strides", Strides).SetPadding("padding", Padding);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank != 2)
            throw new ArgumentException($"expects sequences of shape (batch, steps, channels), got {SymbolicTensor.Batched(inputShape)}");
    }
}

/// <summary>The greatest of each window, channel by channel: (batch, steps, channels) -> (batch, newSteps, channels).</summary>
/// <param name="poolSize">Length of the windows.</param>
/// <param name="strides">How far they move; the windows' length when not given.</param>
/// <param name="padding">"valid" or "same".</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class MaxPooling1D(int poolSize = 2, int? strides = null, Padding padding = default, string? name = null, DTypePolicy? dtype = null)
    : Pooling1D(poolSize, strides, padding, name, dtype)
{
    internal static MaxPooling1D FromConfig(Config config) =>
        new(config.GetInt("pool_size"), config.GetInt("strides"), config.GetPadding("padding"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.ExpandDims(1).MaxPool2D((1, PoolSize), (1, Strides), Padding).Squeeze(1);
    }
}

/// <summary>The mean of each window, channel by channel; cells beyond the ends are not counted. (batch, steps, channels) -> (batch,
/// newSteps, channels).</summary>
/// <param name="poolSize">Length of the windows.</param>
/// <param name="strides">How far they move; the windows' length when not given.</param>
/// <param name="padding">"valid" or "same".</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class AveragePooling1D(int poolSize = 2, int? strides = null, Padding padding = default, string? name = null, DTypePolicy? dtype = null)
    : Pooling1D(poolSize, strides, padding, name, dtype)
{
    internal static AveragePooling1D FromConfig(Config config) =>
        new(config.GetInt("pool_size"), config.GetInt("strides"), config.GetPadding("padding"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.ExpandDims(1).AveragePool2D((1, PoolSize), (1, Strides), Padding).Squeeze(1);
    }
}
