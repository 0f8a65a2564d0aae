namespace Hero.Cpu.Kernels;

/// <summary>
/// Where a tile finds its operands. Steps are in bytes. Element (i, p) of the left operand, p counted within a segment s of the inner
/// dimension, is at Left + Segments[s], i steps and p elements on, or i elements and p steps where it is transposed: a matrix, its
/// transpose, a packed panel and the patches of a convolution are all of this form. The right operand runs on from segment to segment:
/// row p is at Right + p * RightStep.
/// </summary>
internal unsafe struct TileOperands
{
    public byte* Left;
    public nint LeftStep;

    /// <summary>Whether neighbours of the left operand are neighbours in a column of it, not along the inner dimension.</summary>
    public bool LeftTransposed;

    public nint* Segments;
    public int SegmentCount;
    public int SegmentLength;
    public byte* Right;
    public nint RightStep;
    public byte* Output;
    public nint OutputStep;

    /// <summary>How many columns of the tile's last vector exist in the output; the right operand must be readable for all.</summary>
    public int LastColumns;

    /// <summary>Whether the products are added to the output rather than replacing it.</summary>
    public bool Accumulate;

    /// <summary>A number for each column that the sums begin with unless they <see cref="Accumulate"/>; null for zeros, as with a transposed left operand.</summary>
    public byte* Bias;

    /// <summary>Two numbers that finished sums are held between; null to leave them as they are, as with a transposed left operand.</summary>
    public byte* Range;

    /// <summary>
    /// What later tiles will read: with every step of the inner dimension one line, <see cref="AheadStep"/> bytes after the one
    /// before, is brought into the second-level cache. Null for none.
    /// </summary>
    public byte* Ahead;

    public nint AheadStep;
}
