namespace Hero.Cpu.Kernels;

/// <summary>
/// The shape and strides of a view, dimensions that can be walked as one joined and those of length 1 dropped. Make it once,
/// copy through it many times.
/// </summary>
internal unsafe struct StridedLayout
{
    /// <summary>Dimensions a layout can hold after joining.</summary>
    public const int MaxRank = 12;

    /// <summary>Dimensions after joining: at least 1.</summary>
    public readonly int Rank;

    /// <summary>Elements in the view.</summary>
    public readonly nint Count;

    private fixed long shape[MaxRank];
    private fixed long strides[MaxRank];

    /// <param name="shape">Lengths of the dimensions, the outermost first; none for a single element.</param>
    /// <param name="strides">Elements from one index to the next of each dimension; may be 0 or negative.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="NotSupportedException">More than <see cref="MaxRank"/> dimensions are left after joining.</exception>
    public StridedLayout(ReadOnlySpan<int> shape, ReadOnlySpan<nint> strides)
    {
        if (shape.Length != strides.Length)
            throw new ArgumentException($"Expected one stride per dimension, got {strides.Length} strides for {shape.Length} dimensions.");
        Count = 1;
        for (var d = 0; d < shape.Length; d++)
        {
            Count *= shape[d];
            if (shape[d] == 1) continue;
            if (Rank > 0 && this.strides[Rank - 1] == (long)shape[d] * strides[d])
            {
                this.shape[Rank - 1] *= shape[d];
                this.strides[Rank - 1] = strides[d];
                continue;
            }
            if (Rank == MaxRank)
                throw new NotSupportedException(
                    $"A view of more than {MaxRank} dimensions that cannot be joined cannot be copied: reshape it first.");
            this.shape[Rank] = shape[d];
            this.strides[Rank] = strides[d];
            Rank++;
        }
        if (Rank > 0) return;
        this.shape[0] = 1;
        this.strides[0] = 1;
        Rank = 1;
    }

    /// <summary>Length of a joined dimension.</summary>
    public readonly nint Length(int dimension) => (nint)shape[dimension];

    /// <summary>Stride of a joined dimension, in elements.</summary>
    public readonly nint Stride(int dimension) => (nint)strides[dimension];

    /// <summary>True if the view's elements lie one after another.</summary>
    public readonly bool IsDense => Rank == 1 && strides[0] == 1;
}
