using System.Runtime.InteropServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Work for a matrix unit: blocks of an output, each up to 16 rows x 32 columns of float32 sums,
/// output[i, j] (+)= sum over segments s and depth p of left[i, s, p] right[s, p, j], operands in bfloat16, the right one a panel of 32
/// columns in pairs of depth: [depth / 2][32][2]. Assembled code reads this by the offsets of its fields.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileCall
{
    /// <summary>Where the offsets in <see cref="Blocks"/> count from.</summary>
    public byte* Left, Right, Output;

    /// <summary>Blocks to go through, alone or in pairs that share the first one's right operand.</summary>
    public TileBlock* Blocks;

    /// <summary>How many blocks, or how many pairs.</summary>
    public nint Count;

    /// <summary>Bytes from a block's left operand to where each segment of the inner dimension begins.</summary>
    public nint* Segments;

    public nint SegmentCount;

    /// <summary>Steps of <see cref="TileUnit.DepthStep"/> or less in a segment.</summary>
    public nint StepsPerSegment;

    /// <summary>Bytes that the right operand skips after each segment.</summary>
    public nint RightSegmentSkip;

    /// <summary>Bytes from one row of a left operand to the next, and from one step of depth to the next.</summary>
    public nint LeftRowStep, LeftDepthStep;

    /// <summary>Bytes from one row of the output to the next.</summary>
    public nint OutputRowStep;

    /// <summary>1 to add to what the output holds, 0 to overwrite it.</summary>
    public nint Accumulate;

    /// <summary>Memory that will be read after the call: fetched to the second-level cache while the unit is at work (AMX only), as far as time allows; moves on.</summary>
    public byte* Ahead, AheadEnd;

    /// <summary>What <see cref="TileUnit"/> fills in: bytes of the right operand in a step, the end of the segments, and what AMX or AVX512-BF16 wants to know of shapes.</summary>
    public nint RightDepthStep;

    public nint* SegmentsEnd;

    public byte* Configuration;

    public nint ColumnMask, PairsPerStep;

    /// <summary>Sets <see cref="Ahead"/>.</summary>
    public void Fetch(MemoryRange range)
    {
        Ahead = range.Start;
        AheadEnd = range.End;
    }

    /// <summary>The offset of a field, for assembled code.</summary>
    public static int Offset(string field) => (int)Marshal.OffsetOf<TileCall>(field);
}

/// <summary>Where one block of a <see cref="TileCall"/> reads and writes, in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TileBlock(nint left, nint right, nint output)
{
    public readonly nint Left = left, Right = right, Output = output;
}
