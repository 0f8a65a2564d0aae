using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

internal static unsafe partial class GemmTile
{
    /// <summary>Steps of packed operands that the tile takes at a time.</summary>
    public const int PackedSteps = 4;

    /// <summary>An inner dimension of packed operands, filled up to whole such steps.</summary>
    public static int PackedDepth(int depth) => GemmPlan.Up(depth, PackedSteps) * PackedSteps;

    /// <summary>
    /// The tile over two packed operands, [depth][rows] and [depth][columns]: all addresses are constants behind two pointers. Two rows of three are broadcast
    /// by the multiplication itself; with more, loads would be the limit, with fewer, the number of instructions where the core is shared.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunPacked<TSimd, TVector, T, TRows, TColumns>(TileOperands* operands)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TRows : unmanaged
        where TColumns : unmanaged
    {
        var output = operands->Output;
        var outputStep = operands->OutputStep;
        TVector c0 = TSimd.Zero, d0 = TSimd.Zero;
        TVector c1 = TSimd.Zero, d1 = TSimd.Zero;
        TVector c2 = TSimd.Zero, d2 = TSimd.Zero;
        TVector c3 = TSimd.Zero, d3 = TSimd.Zero;
        TVector c4 = TSimd.Zero, d4 = TSimd.Zero;
        TVector c5 = TSimd.Zero, d5 = TSimd.Zero;
        TVector c6 = TSimd.Zero, d6 = TSimd.Zero;
        TVector c7 = TSimd.Zero, d7 = TSimd.Zero;
        TVector c8 = TSimd.Zero, d8 = TSimd.Zero;
        TVector c9 = TSimd.Zero, d9 = TSimd.Zero;
        TVector c10 = TSimd.Zero, d10 = TSimd.Zero;
        TVector c11 = TSimd.Zero, d11 = TSimd.Zero;
        TVector c12 = TSimd.Zero, d12 = TSimd.Zero;
        TVector c13 = TSimd.Zero, d13 = TSimd.Zero;
        TVector b, e;

        var last = operands->LastColumns;
        if (operands->Accumulate)
        {
            var row = output;
            if (sizeof(TRows) > 0) { Read<TSimd, TVector, T, TColumns>(row, last, ref c0, ref d0); row += outputStep; }
            if (sizeof(TRows) > 1) { Read<TSimd, TVector, T, TColumns>(row, last, ref c1, ref d1); row += outputStep; }
            if (sizeof(TRows) > 2) { Read<TSimd, TVector, T, TColumns>(row, last, ref c2, ref d2); row += outputStep; }
            if (sizeof(TRows) > 3) { Read<TSimd, TVector, T, TColumns>(row, last, ref c3, ref d3); row += outputStep; }
            if (sizeof(TRows) > 4) { Read<TSimd, TVector, T, TColumns>(row, last, ref c4, ref d4); row += outputStep; }
            if (sizeof(TRows) > 5) { Read<TSimd, TVector, T, TColumns>(row, last, ref c5, ref d5); row += outputStep; }
            if (sizeof(TRows) > 6) { Read<TSimd, TVector, T, TColumns>(row, last, ref c6, ref d6); row += outputStep; }
            if (sizeof(TRows) > 7) { Read<TSimd, TVector, T, TColumns>(row, last, ref c7, ref d7); row += outputStep; }
            if (sizeof(TRows) > 8) { Read<TSimd, TVector, T, TColumns>(row, last, ref c8, ref d8); row += outputStep; }
            if (sizeof(TRows) > 9) { Read<TSimd, TVector, T, TColumns>(row, last, ref c9, ref d9); row += outputStep; }
            if (sizeof(TRows) > 10) { Read<TSimd, TVector, T, TColumns>(row, last, ref c10, ref d10); row += outputStep; }
            if (sizeof(TRows) > 11) { Read<TSimd, TVector, T, TColumns>(row, last, ref c11, ref d11); row += outputStep; }
            if (sizeof(TRows) > 12) { Read<TSimd, TVector, T, TColumns>(row, last, ref c12, ref d12); row += outputStep; }
            if (sizeof(TRows) > 13) { Read<TSimd, TVector, T, TColumns>(row, last, ref c13, ref d13); row += outputStep; }
        }

        byte* left = operands->Left, right = operands->Right, ahead = operands->Ahead;
        var aheadStep = operands->AheadStep;
        for (var depth = operands->SegmentLength; depth > 0; depth -= PackedSteps)
        {
            ahead = Bring(ahead, aheadStep);
            b = TSimd.Load((T*)right);
            e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + sizeof(TVector))) : TSimd.Zero;
            if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(left, 0, b, e, ref c0, ref d0);
            if (sizeof(TRows) > 1) Direct<TSimd, TVector, T, TColumns>(left, 1, b, e, ref c1, ref d1);
            if (sizeof(TRows) > 2) Step<TSimd, TVector, T, TColumns>(left + 2 * sizeof(T), b, e, ref c2, ref d2);
            if (sizeof(TRows) > 3) Direct<TSimd, TVector, T, TColumns>(left, 3, b, e, ref c3, ref d3);
            if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(left, 4, b, e, ref c4, ref d4);
            if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(left + 5 * sizeof(T), b, e, ref c5, ref d5);
            if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(left, 6, b, e, ref c6, ref d6);
            if (sizeof(TRows) > 7) Direct<TSimd, TVector, T, TColumns>(left, 7, b, e, ref c7, ref d7);
            if (sizeof(TRows) > 8) Step<TSimd, TVector, T, TColumns>(left + 8 * sizeof(T), b, e, ref c8, ref d8);
            if (sizeof(TRows) > 9) Direct<TSimd, TVector, T, TColumns>(left, 9, b, e, ref c9, ref d9);
            if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(left, 10, b, e, ref c10, ref d10);
            if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(left + 11 * sizeof(T), b, e, ref c11, ref d11);
            if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(left, 12, b, e, ref c12, ref d12);
            if (sizeof(TRows) > 13) Direct<TSimd, TVector, T, TColumns>(left, 13, b, e, ref c13, ref d13);
            b = TSimd.Load((T*)(right + sizeof(TColumns) * sizeof(TVector)));
            e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + 3 * sizeof(TVector))) : TSimd.Zero;
            if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows), b, e, ref c0, ref d0);
            if (sizeof(TRows) > 1) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 1, b, e, ref c1, ref d1);
            if (sizeof(TRows) > 2) Step<TSimd, TVector, T, TColumns>(left + (sizeof(TRows) + 2) * sizeof(T), b, e, ref c2, ref d2);
            if (sizeof(TRows) > 3) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 3, b, e, ref c3, ref d3);
            if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 4, b, e, ref c4, ref d4);
            if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(left + (sizeof(TRows) + 5) * sizeof(T), b, e, ref c5, ref d5);
            if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 6, b, e, ref c6, ref d6);
            if (sizeof(TRows) > 7) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 7, b, e, ref c7, ref d7);
            if (sizeof(TRows) > 8) Step<TSimd, TVector, T, TColumns>(left + (sizeof(TRows) + 8) * sizeof(T), b, e, ref c8, ref d8);
            if (sizeof(TRows) > 9) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 9, b, e, ref c9, ref d9);
            if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 10, b, e, ref c10, ref d10);
            if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(left + (sizeof(TRows) + 11) * sizeof(T), b, e, ref c11, ref d11);
            if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 12, b, e, ref c12, ref d12);
            if (sizeof(TRows) > 13) Direct<TSimd, TVector, T, TColumns>(left, sizeof(TRows) + 13, b, e, ref c13, ref d13);
            b = TSimd.Load((T*)(right + 2 * sizeof(TColumns) * sizeof(TVector)));
            e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + 5 * sizeof(TVector))) : TSimd.Zero;
            if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows), b, e, ref c0, ref d0);
            if (sizeof(TRows) > 1) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 1, b, e, ref c1, ref d1);
            if (sizeof(TRows) > 2) Step<TSimd, TVector, T, TColumns>(left + (2 * sizeof(TRows) + 2) * sizeof(T), b, e, ref c2, ref d2);
            if (sizeof(TRows) > 3) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 3, b, e, ref c3, ref d3);
            if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 4, b, e, ref c4, ref d4);
            if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(left + (2 * sizeof(TRows) + 5) * sizeof(T), b, e, ref c5, ref d5);
            if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 6, b, e, ref c6, ref d6);
            if (sizeof(TRows) > 7) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 7, b, e, ref c7, ref d7);
            if (sizeof(TRows) > 8) Step<TSimd, TVector, T, TColumns>(left + (2 * sizeof(TRows) + 8) * sizeof(T), b, e, ref c8, ref d8);
            if (sizeof(TRows) > 9) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 9, b, e, ref c9, ref d9);
            if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 10, b, e, ref c10, ref d10);
            if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(left + (2 * sizeof(TRows) + 11) * sizeof(T), b, e, ref c11, ref d11);
            if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 12, b, e, ref c12, ref d12);
            if (sizeof(TRows) > 13) Direct<TSimd, TVector, T, TColumns>(left, 2 * sizeof(TRows) + 13, b, e, ref c13, ref d13);
            b = TSimd.Load((T*)(right + 3 * sizeof(TColumns) * sizeof(TVector)));
            e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + 7 * sizeof(TVector))) : TSimd.Zero;
            if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows), b, e, ref c0, ref d0);
            if (sizeof(TRows) > 1) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 1, b, e, ref c1, ref d1);
            if (sizeof(TRows) > 2) Step<TSimd, TVector, T, TColumns>(left + (3 * sizeof(TRows) + 2) * sizeof(T), b, e, ref c2, ref d2);
            if (sizeof(TRows) > 3) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 3, b, e, ref c3, ref d3);
            if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 4, b, e, ref c4, ref d4);
            if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(left + (3 * sizeof(TRows) + 5) * sizeof(T), b, e, ref c5, ref d5);
            if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 6, b, e, ref c6, ref d6);
            if (sizeof(TRows) > 7) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 7, b, e, ref c7, ref d7);
            if (sizeof(TRows) > 8) Step<TSimd, TVector, T, TColumns>(left + (3 * sizeof(TRows) + 8) * sizeof(T), b, e, ref c8, ref d8);
            if (sizeof(TRows) > 9) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 9, b, e, ref c9, ref d9);
            if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 10, b, e, ref c10, ref d10);
            if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(left + (3 * sizeof(TRows) + 11) * sizeof(T), b, e, ref c11, ref d11);
            if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 12, b, e, ref c12, ref d12);
            if (sizeof(TRows) > 13) Direct<TSimd, TVector, T, TColumns>(left, 3 * sizeof(TRows) + 13, b, e, ref c13, ref d13);
            left += PackedSteps * sizeof(TRows) * sizeof(T);
            right += PackedSteps * sizeof(TColumns) * sizeof(TVector);
        }

        if (sizeof(TRows) > 0) { Write<TSimd, TVector, T, TColumns>(output, last, c0, d0); output += outputStep; }
        if (sizeof(TRows) > 1) { Write<TSimd, TVector, T, TColumns>(output, last, c1, d1); output += outputStep; }
        if (sizeof(TRows) > 2) { Write<TSimd, TVector, T, TColumns>(output, last, c2, d2); output += outputStep; }
        if (sizeof(TRows) > 3) { Write<TSimd, TVector, T, TColumns>(output, last, c3, d3); output += outputStep; }
        if (sizeof(TRows) > 4) { Write<TSimd, TVector, T, TColumns>(output, last, c4, d4); output += outputStep; }
        if (sizeof(TRows) > 5) { Write<TSimd, TVector, T, TColumns>(output, last, c5, d5); output += outputStep; }
        if (sizeof(TRows) > 6) { Write<TSimd, TVector, T, TColumns>(output, last, c6, d6); output += outputStep; }
        if (sizeof(TRows) > 7) { Write<TSimd, TVector, T, TColumns>(output, last, c7, d7); output += outputStep; }
        if (sizeof(TRows) > 8) { Write<TSimd, TVector, T, TColumns>(output, last, c8, d8); output += outputStep; }
        if (sizeof(TRows) > 9) { Write<TSimd, TVector, T, TColumns>(output, last, c9, d9); output += outputStep; }
        if (sizeof(TRows) > 10) { Write<TSimd, TVector, T, TColumns>(output, last, c10, d10); output += outputStep; }
        if (sizeof(TRows) > 11) { Write<TSimd, TVector, T, TColumns>(output, last, c11, d11); output += outputStep; }
        if (sizeof(TRows) > 12) { Write<TSimd, TVector, T, TColumns>(output, last, c12, d12); output += outputStep; }
        if (sizeof(TRows) > 13) { Write<TSimd, TVector, T, TColumns>(output, last, c13, d13); output += outputStep; }
    }
}
