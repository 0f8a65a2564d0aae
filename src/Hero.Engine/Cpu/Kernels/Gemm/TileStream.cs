namespace Hero.Cpu.Kernels;

/// <summary>
/// What a tile does besides its sums, where the processor has room for it: with every few steps it brings two vectors' lines near, or copies two vectors.
/// So waiting for memory, and most of packing, costs next to nothing.
/// </summary>
internal unsafe struct TileStream
{
    /// <summary>How many pairs.</summary>
    public int Count;

    /// <summary>The first vector of the first pair, the bytes from it to the second, and from pair to pair.</summary>
    public byte* Source;

    public nint SourceSecond, SourceStep;

    /// <summary>Where they are copied to, in the same way; null for a stream that only brings lines near.</summary>
    public byte* Target;

    public nint TargetSecond, TargetStep;

    /// <summary>How many bytes before it is copied a vector is brought near.</summary>
    public nint Distance;
}
