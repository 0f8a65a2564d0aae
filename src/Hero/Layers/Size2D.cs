namespace Hero.Layers;

/// <summary>A height and a width: kernels, strides, windows. A whole number is both: <c>new Conv2D(32, 3)</c>; a pair is (height,
/// width).</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>Both the same.</summary>
    public static implicit operator Size2D(int size) => new(size, size);

    /// <summary>(height, width).</summary>
    public static implicit operator Size2D((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary>(height, width).</summary>
    public static implicit operator (int Height, int Width)(Size2D size) => (size.Height, size.Width);

    /// <summary>"(3, 3)".</summary>
    public override string ToString() => $"({Height}, {Width})";

    /// <summary>Throws unless both are at least 1.</summary>
    internal Size2D Positive(string layer, string what) => Height >= 1 && Width >= 1
        ? this
        : throw new ArgumentException($"{layer} needs {what} of at least 1, got {this}.");
}
