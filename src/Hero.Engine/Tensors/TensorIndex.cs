namespace Hero;

/// <summary>One index of a tensor: a whole number, a range, or every n-th element.</summary>
public readonly struct TensorIndex
{
    private readonly Range range;
    private readonly int step;

    internal TensorIndex(Range range, int step = 1, bool dropsAxis = false)
    {
        this.range = range;
        this.step = step;
        DropsAxis = dropsAxis;
    }

    /// <summary>True for a whole number: the axis disappears from the result.</summary>
    internal bool DropsAxis { get; }

    /// <summary>Every n-th element of the whole axis; a negative step goes backwards.</summary>
    public static TensorIndex Every(int step) => Every(Range.All, step);

    /// <summary>Every n-th element of a range; a negative step goes backwards from the range's last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is 0.</exception>
    public static TensorIndex Every(Range range, int step)
    {
        ArgumentOutOfRangeException.ThrowIfZero(step);
        return new TensorIndex(range, step);
    }

    /// <summary>One index; negative numbers count from the end, as in NumPy.</summary>
    public static implicit operator TensorIndex(int index) => index < 0 ? new Index(-index, fromEnd: true) : new Index(index);

    /// <summary>One index, ^1 the last.</summary>
    public static implicit operator TensorIndex(Index index) => new(new Range(index, index), dropsAxis: true);

    /// <summary>A part of the axis.</summary>
    public static implicit operator TensorIndex(Range range) => new(range);

    /// <summary>First element, step and number of elements along an axis.</summary>
    internal (int Start, int Step, int Size) Resolve(Shape shape, int axis)
    {
        var length = shape[axis];
        var start = range.Start.GetOffset(length);
        var end = DropsAxis ? start + 1 : range.End.GetOffset(length);
        if (start < 0 || end > length || (DropsAxis && start >= length))
            throw new ArgumentOutOfRangeException(nameof(shape), $"Index {(DropsAxis ? range.Start.ToString() : range.ToString())} lies outside axis {axis} of shape {shape}.");
        var size = Math.Max(end - start, 0);
        size = (size + Math.Abs(step) - 1) / Math.Abs(step);
        return (step < 0 ? Math.Max(end - 1, 0) : start, step, size);
    }
}
