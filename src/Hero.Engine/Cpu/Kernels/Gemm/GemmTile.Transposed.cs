using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

internal static unsafe partial class GemmTile
{
    /// <summary>The tile over a transposed left operand: all rows of a step are neighbours, one pointer leads to them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunTransposed<TSimd, TVector, T, TRows, TColumns>(TileOperands* operands)
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
            ReadRows<TSimd, TVector, T, TRows, TColumns>(
                output, outputStep, last,
                ref c0, ref d0, ref c1, ref d1, ref c2, ref d2, ref c3, ref d3, ref c4, ref d4, ref c5, ref d5, ref c6, ref d6,
                ref c7, ref d7, ref c8, ref d8, ref c9, ref d9, ref c10, ref d10, ref c11, ref d11, ref c12, ref d12, ref c13, ref d13);
        }

        var right = operands->Right;
        var rightStep = operands->RightStep;
        var depthStep = operands->LeftStep;
        var ahead = operands->Ahead;
        var aheadStep = operands->AheadStep;
        var segment = operands->Segments;
        var segments = operands->SegmentCount;
        do
        {
            var p = operands->Left + *segment++;
            for (var depth = operands->SegmentLength; depth > 0; depth--)
            {
                if (ahead != null) ahead = Bring(ahead, aheadStep);
                b = TSimd.Load((T*)right);
                e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + sizeof(TVector))) : TSimd.Zero;
                right += rightStep;
                if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(p, 0, b, e, ref c0, ref d0);
                if (sizeof(TRows) > 1) Step<TSimd, TVector, T, TColumns>(p + sizeof(T), b, e, ref c1, ref d1);
                if (sizeof(TRows) > 2) Direct<TSimd, TVector, T, TColumns>(p, 2, b, e, ref c2, ref d2);
                if (sizeof(TRows) > 3) Step<TSimd, TVector, T, TColumns>(p + 3 * sizeof(T), b, e, ref c3, ref d3);
                if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(p, 4, b, e, ref c4, ref d4);
                if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(p + 5 * sizeof(T), b, e, ref c5, ref d5);
                if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(p, 6, b, e, ref c6, ref d6);
                if (sizeof(TRows) > 7) Step<TSimd, TVector, T, TColumns>(p + 7 * sizeof(T), b, e, ref c7, ref d7);
                if (sizeof(TRows) > 8) Direct<TSimd, TVector, T, TColumns>(p, 8, b, e, ref c8, ref d8);
                if (sizeof(TRows) > 9) Step<TSimd, TVector, T, TColumns>(p + 9 * sizeof(T), b, e, ref c9, ref d9);
                if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(p, 10, b, e, ref c10, ref d10);
                if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(p + 11 * sizeof(T), b, e, ref c11, ref d11);
                if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(p, 12, b, e, ref c12, ref d12);
                if (sizeof(TRows) > 13) Step<TSimd, TVector, T, TColumns>(p + 13 * sizeof(T), b, e, ref c13, ref d13);
                p += depthStep;
            }
        }
        while (--segments > 0);

        WriteRows<TSimd, TVector, T, TRows, TColumns>(output, outputStep, last, c0, d0, c1, d1, c2, d2, c3, d3, c4, d4, c5, d5, c6, d6, c7, d7, c8, d8, c9, d9, c10, d10, c11, d11, c12, d12, c13, d13);
    }
}
