namespace Hero.Cpu.Kernels;

/// <summary>Where a tile finds packed operands. Steps are in bytes.</summary>
internal unsafe struct PackedOperands
{
    /// <summary>The rows of the left operand, in the order of an <see cref="ILeftStrips{T}"/>.</summary>
    public byte* Left;

    /// <summary>The columns of the right operand: [Depth][one or two vectors].</summary>
    public byte* Right;

    /// <summary>The inner dimension, in whole <see cref="GemmTile.PackedSteps"/>.</summary>
    public int Depth;

    public byte* Output;
    public nint OutputStep;

    /// <summary>How many columns of the tile's last vector exist in the output.</summary>
    public int LastColumns;

    /// <summary>Whether the sums are added to the output rather than replacing it.</summary>
    public bool Accumulate;

    /// <summary>What is done besides, one after the other, a pair of vectors with every <see cref="GemmTile.PackedSteps"/>; no more in all than there are.</summary>
    public TileStream* Streams;

    public int StreamCount;
}
