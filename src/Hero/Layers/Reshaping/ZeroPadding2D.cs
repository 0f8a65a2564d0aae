using Hero.Saving;

namespace Hero.Layers;

/// <summary>Rows and columns of zeros around pictures: (batch, height, width, channels) -> (batch, top + height + bottom, left + width +
/// right, channels).</summary>
/// <example><code>new ZeroPadding2D(1)      new ZeroPadding2D(((0, 1), (0, 1)))</code></example>
public sealed class ZeroPadding2D : Layer
{
    private readonly ((int Top, int Bottom) Height, (int Left, int Right) Width) padding;

    /// <summary>As much on both sides.</summary>
    /// <param name="padding">Rows above and below, columns left and right; 1 when not given.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">An amount is negative.</exception>
    public ZeroPadding2D(Size2D? padding = null, string? name = null, DTypePolicy? dtype = null)
        : this(Symmetric(padding ?? 1), name, dtype)
    {
    }

    /// <summary>Any amounts.</summary>
    /// <param name="padding">((top, bottom), (left, right)).</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">An amount is negative.</exception>
    public ZeroPadding2D(((int Top, int Bottom) Height, (int Left, int Right) Width) padding, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (padding.Height.Top < 0 || padding.Height.Bottom < 0 || padding.Width.Left < 0 || padding.Width.Right < 0)
            throw new ArgumentOutOfRangeException(nameof(padding), padding, $"ZeroPadding2D needs amounts of 0 or more, got {padding}.");
        this.padding = padding;
    }

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig()
        .SetShape("padding", [padding.Height.Top, padding.Height.Bottom, padding.Width.Left, padding.Width.Right]);

    internal static ZeroPadding2D FromConfig(Config config) => config.GetShape("padding") is { Rank: 4 } amounts
        ? new(((amounts[0], amounts[1]), (amounts[2], amounts[3])))
        : throw new ArgumentException("padding is four whole numbers");

    /// <inheritdoc/>
    protected override void Build(Shape inputShape) => ConvolutionSettings.RequirePictures(inputShape);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Pad([(0, 0), padding.Height, padding.Width, (0, 0)]);
    }

    private static ((int Top, int Bottom) Height, (int Left, int Right) Width) Symmetric(Size2D size) =>
        ((size.Height, size.Height), (size.Width, size.Width));
}
