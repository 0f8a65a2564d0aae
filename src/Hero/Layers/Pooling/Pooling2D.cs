using Hero.Saving;

namespace Hero.Layers;

/// <summary>What both poolings of pictures share.</summary>
public abstract class Pooling2D : Layer
{
    private protected Pooling2D(Size2D? poolSize, Size2D? strides, Padding padding, string? name, DTypePolicy? dtype)
        : base(name, dtype)
    {
        PoolSize = (poolSize ?? 2).Positive(GetType().Name, "a poolSize");
        Strides = (strides ?? PoolSize).Positive(GetType().Name, "strides");
        Padding = padding;
    }

    /// <summary>Height and width of the windows.</summary>
    public Size2D PoolSize { get; }

    /// <summary>How far they move.</summary>
    public Size2D Strides { get; }

    /// <summary>How they move over the edges.</summary>
    public Padding Padding { get; }

    /// <inheritdoc/>
    public override Config GetConfig() =>
        base.GetConfig().SetSize("pool_size", PoolSize).SetSize("strides", Strides).SetPadding("padding", Padding);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape) => ConvolutionSettings.RequirePictures(inputShape);
}

/// <summary>The greatest of each window, channel by channel: (batch, height, width, channels) -> (batch, newHeight, newWidth,
/// channels).</summary>
/// <example><code>new MaxPooling2D(2)</code></example>
/// <param name="poolSize">Height and width of the windows; 2 when not given.</param>
/// <param name="strides">How far they move; the windows' size when not given.</param>
/// <param name="padding">"valid" or "same".</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class MaxPooling2D(Size2D? poolSize = null, Size2D? strides = null, Padding padding = default, string? name = null, DTypePolicy? dtype = null)
    : Pooling2D(poolSize, strides, padding, name, dtype)
{
    internal static MaxPooling2D FromConfig(Config config) =>
        new(config.GetSize("pool_size"), config.GetSize("strides"), config.GetPadding("padding"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.MaxPool2D(PoolSize, Strides, Padding);
    }
}

/// <summary>The mean of each window, channel by channel; cells beyond the edge are not counted. (batch, height, width, channels) ->
/// (batch, newHeight, newWidth, channels).</summary>
/// <example><code>new AveragePooling2D(2)</code></example>
/// <param name="poolSize">Height and width of the windows; 2 when not given.</param>
/// <param name="strides">How far they move; the windows' size when not given.</param>
/// <param name="padding">"valid" or "same".</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class AveragePooling2D(Size2D? poolSize = null, Size2D? strides = null, Padding padding = default, string? name = null, DTypePolicy? dtype = null)
    : Pooling2D(poolSize, strides, padding, name, dtype)
{
    internal static AveragePooling2D FromConfig(Config config) =>
        new(config.GetSize("pool_size"), config.GetSize("strides"), config.GetPadding("padding"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.AveragePool2D(PoolSize, Strides, Padding);
    }
}
