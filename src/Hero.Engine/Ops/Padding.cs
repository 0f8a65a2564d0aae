namespace Hero;

/// <summary>
/// How a window moves over the edges of a picture: "valid" (never over them), "same" (output size = input size / stride, rounded
/// up, the odd row and column of zeros at the bottom and the right), or explicit amounts.
/// </summary>
public readonly record struct Padding
{
    private readonly bool same;

    private Padding(bool same, int top, int bottom, int left, int right) =>
        (this.same, Top, Bottom, Left, Right) = (same, top, bottom, left, right);

    /// <summary>No padding.</summary>
    public static Padding Valid => default;

    /// <summary>As much as keeps the size at stride 1.</summary>
    public static Padding Same => new(true, 0, 0, 0, 0);

    /// <summary>Rows above, for explicit padding.</summary>
    public int Top { get; }

    /// <summary>Rows below, for explicit padding.</summary>
    public int Bottom { get; }

    /// <summary>Columns to the left, for explicit padding.</summary>
    public int Left { get; }

    /// <summary>Columns to the right, for explicit padding.</summary>
    public int Right { get; }

    /// <summary>Explicit amounts of rows and columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An amount is negative.</exception>
    public static Padding Explicit(int top, int bottom, int left, int right)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        return new Padding(false, top, bottom, left, right);
    }

    /// <summary>Keras' names: "valid" and "same".</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static implicit operator Padding(string name) => name switch
    {
        "valid" => Valid,
        "same" => Same,
        _ => throw new ArgumentException($"Padding is \"valid\", \"same\" or Padding.Explicit(...), got \"{name}\".", nameof(name)),
    };

    /// <inheritdoc/>
    public override string ToString() => same ? "same" : this == Valid ? "valid" : $"({Top}, {Bottom}, {Left}, {Right})";

    /// <summary>Output size, and rows before the first, along one axis.</summary>
    internal (int Output, int Before) Resolve(int input, int kernel, int stride, int dilation, bool vertical)
    {
        var reach = (kernel - 1) * dilation + 1;
        if (same)
        {
            var output = (input + stride - 1) / stride;
            return (output, Math.Max((output - 1) * stride + reach - input, 0) / 2);
        }
        var (before, after) = vertical ? (Top, Bottom) : (Left, Right);
        return ((input + before + after - reach) / stride + 1, before + after + input < reach ? -1 : before);
    }
}
