using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The register tile under matrix multiplication and convolution: TRows rows by TColumns vectors of sums stay in registers over
/// the whole inner dimension. Both numbers are sizes of marker structs, so that the compiler drops the rows a variant lacks.
/// The multiply-add units are the limit as long as nothing else takes many instructions, the more so where the core's other hardware
/// thread is at work, too: steps are unrolled, addresses are constants as far as can be, and rows whose address needs no index are
/// broadcast by the multiplication itself, as many as the load units have room for.
/// </summary>
internal static unsafe partial class GemmTile
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd, TVector, T, TRows, TColumns>(TileOperands* operands)
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
        var row = operands->Accumulate ? output : operands->Bias;
        if (row != null)
        {
            var startStep = operands->Accumulate ? outputStep : 0;
            ReadRows<TSimd, TVector, T, TRows, TColumns>(
                row, startStep, last,
                ref c0, ref d0, ref c1, ref d1, ref c2, ref d2, ref c3, ref d3, ref c4, ref d4, ref c5, ref d5, ref c6, ref d6,
                ref c7, ref d7, ref c8, ref d8, ref c9, ref d9, ref c10, ref d10, ref c11, ref d11, ref c12, ref d12, ref c13, ref d13);
        }

        var right = operands->Right;
        var rightStep = operands->RightStep;
        var rowStep = operands->LeftStep;
        var ahead = operands->Ahead;
        var aheadStep = operands->AheadStep;
        var segment = operands->Segments;
        var segments = operands->SegmentCount;
        do
        {
            // Two rows to a pointer: one to each would not fit the registers.
            var p0 = operands->Left + *segment++;
            byte* p2 = p0 + 2 * rowStep, p4 = p0 + 4 * rowStep, p6 = p0 + 6 * rowStep;
            byte* p8 = p0 + 8 * rowStep, p10 = p0 + 10 * rowStep, p12 = p0 + 12 * rowStep;
            var depth = operands->SegmentLength;
            for (; depth >= 2; depth -= 2)
            {
                if (ahead != null)
                {
                    ahead = Bring(ahead, aheadStep);
                    ahead = Bring(ahead, aheadStep);
                }
                b = TSimd.Load((T*)right);
                e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + sizeof(TVector))) : TSimd.Zero;
                right += rightStep;
                if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(p0, 0, b, e, ref c0, ref d0);
                if (sizeof(TRows) > 1) Step<TSimd, TVector, T, TColumns>(p0 + rowStep, b, e, ref c1, ref d1);
                if (sizeof(TRows) > 2) Direct<TSimd, TVector, T, TColumns>(p2, 0, b, e, ref c2, ref d2);
                if (sizeof(TRows) > 3) Step<TSimd, TVector, T, TColumns>(p2 + rowStep, b, e, ref c3, ref d3);
                if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(p4, 0, b, e, ref c4, ref d4);
                if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(p4 + rowStep, b, e, ref c5, ref d5);
                if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(p6, 0, b, e, ref c6, ref d6);
                if (sizeof(TRows) > 7) Step<TSimd, TVector, T, TColumns>(p6 + rowStep, b, e, ref c7, ref d7);
                if (sizeof(TRows) > 8) Direct<TSimd, TVector, T, TColumns>(p8, 0, b, e, ref c8, ref d8);
                if (sizeof(TRows) > 9) Step<TSimd, TVector, T, TColumns>(p8 + rowStep, b, e, ref c9, ref d9);
                if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(p10, 0, b, e, ref c10, ref d10);
                if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(p10 + rowStep, b, e, ref c11, ref d11);
                if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(p12, 0, b, e, ref c12, ref d12);
                if (sizeof(TRows) > 13) Step<TSimd, TVector, T, TColumns>(p12 + rowStep, b, e, ref c13, ref d13);
                b = TSimd.Load((T*)right);
                e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + sizeof(TVector))) : TSimd.Zero;
                right += rightStep;
                if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(p0, 1, b, e, ref c0, ref d0);
                if (sizeof(TRows) > 1) Step<TSimd, TVector, T, TColumns>(p0 + rowStep + sizeof(T), b, e, ref c1, ref d1);
                if (sizeof(TRows) > 2) Direct<TSimd, TVector, T, TColumns>(p2, 1, b, e, ref c2, ref d2);
                if (sizeof(TRows) > 3) Step<TSimd, TVector, T, TColumns>(p2 + rowStep + sizeof(T), b, e, ref c3, ref d3);
                if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(p4, 1, b, e, ref c4, ref d4);
                if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(p4 + rowStep + sizeof(T), b, e, ref c5, ref d5);
                if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(p6, 1, b, e, ref c6, ref d6);
                if (sizeof(TRows) > 7) Step<TSimd, TVector, T, TColumns>(p6 + rowStep + sizeof(T), b, e, ref c7, ref d7);
                if (sizeof(TRows) > 8) Direct<TSimd, TVector, T, TColumns>(p8, 1, b, e, ref c8, ref d8);
                if (sizeof(TRows) > 9) Step<TSimd, TVector, T, TColumns>(p8 + rowStep + sizeof(T), b, e, ref c9, ref d9);
                if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(p10, 1, b, e, ref c10, ref d10);
                if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(p10 + rowStep + sizeof(T), b, e, ref c11, ref d11);
                if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(p12, 1, b, e, ref c12, ref d12);
                if (sizeof(TRows) > 13) Step<TSimd, TVector, T, TColumns>(p12 + rowStep + sizeof(T), b, e, ref c13, ref d13);
                p0 += 2 * sizeof(T);
                if (sizeof(TRows) > 2) p2 += 2 * sizeof(T);
                if (sizeof(TRows) > 4) p4 += 2 * sizeof(T);
                if (sizeof(TRows) > 6) p6 += 2 * sizeof(T);
                if (sizeof(TRows) > 8) p8 += 2 * sizeof(T);
                if (sizeof(TRows) > 10) p10 += 2 * sizeof(T);
                if (sizeof(TRows) > 12) p12 += 2 * sizeof(T);
            }
            for (; depth > 0; depth--)
            {
                if (ahead != null) ahead = Bring(ahead, aheadStep);
                b = TSimd.Load((T*)right);
                e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + sizeof(TVector))) : TSimd.Zero;
                right += rightStep;
                if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(p0, 0, b, e, ref c0, ref d0);
                if (sizeof(TRows) > 1) Step<TSimd, TVector, T, TColumns>(p0 + rowStep, b, e, ref c1, ref d1);
                if (sizeof(TRows) > 2) Direct<TSimd, TVector, T, TColumns>(p2, 0, b, e, ref c2, ref d2);
                if (sizeof(TRows) > 3) Step<TSimd, TVector, T, TColumns>(p2 + rowStep, b, e, ref c3, ref d3);
                if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(p4, 0, b, e, ref c4, ref d4);
                if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(p4 + rowStep, b, e, ref c5, ref d5);
                if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(p6, 0, b, e, ref c6, ref d6);
                if (sizeof(TRows) > 7) Step<TSimd, TVector, T, TColumns>(p6 + rowStep, b, e, ref c7, ref d7);
                if (sizeof(TRows) > 8) Direct<TSimd, TVector, T, TColumns>(p8, 0, b, e, ref c8, ref d8);
                if (sizeof(TRows) > 9) Step<TSimd, TVector, T, TColumns>(p8 + rowStep, b, e, ref c9, ref d9);
                if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(p10, 0, b, e, ref c10, ref d10);
                if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(p10 + rowStep, b, e, ref c11, ref d11);
                if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(p12, 0, b, e, ref c12, ref d12);
                if (sizeof(TRows) > 13) Step<TSimd, TVector, T, TColumns>(p12 + rowStep, b, e, ref c13, ref d13);
                p0 += sizeof(T);
                if (sizeof(TRows) > 2) p2 += sizeof(T);
                if (sizeof(TRows) > 4) p4 += sizeof(T);
                if (sizeof(TRows) > 6) p6 += sizeof(T);
                if (sizeof(TRows) > 8) p8 += sizeof(T);
                if (sizeof(TRows) > 10) p10 += sizeof(T);
                if (sizeof(TRows) > 12) p12 += sizeof(T);
            }
        }
        while (--segments > 0);

        var range = (T*)operands->Range;
        if (range != null)
        {
            TVector low = TSimd.Broadcast(range), high = TSimd.Broadcast(range + 1);
            HoldRows<TSimd, TVector, T, TRows, TColumns>(
                low, high,
                ref c0, ref d0, ref c1, ref d1, ref c2, ref d2, ref c3, ref d3, ref c4, ref d4, ref c5, ref d5, ref c6, ref d6,
                ref c7, ref d7, ref c8, ref d8, ref c9, ref d9, ref c10, ref d10, ref c11, ref d11, ref c12, ref d12, ref c13, ref d13);
        }
        WriteRows<TSimd, TVector, T, TRows, TColumns>(output, outputStep, last, c0, d0, c1, d1, c2, d2, c3, d3, c4, d4, c5, d5, c6, d6, c7, d7, c8, d8, c9, d9, c10, d10, c11, d11, c12, d12, c13, d13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TSimd, TVector, T, TColumns>(byte* left, TVector b, TVector e, ref TVector c, ref TVector d)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TColumns : unmanaged
    {
        var value = TSimd.Broadcast((T*)left);
        c = TSimd.MultiplyAdd(value, b, c);
        if (sizeof(TColumns) > 1) d = TSimd.MultiplyAdd(value, e, d);
    }

    /// <summary>The same for the element so many behind <paramref name="left"/>, which the multiplications read themselves where they can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Direct<TSimd, TVector, T, TColumns>(byte* left, int at, TVector b, TVector e, ref TVector c, ref TVector d)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TColumns : unmanaged
    {
        if (TSimd.MultipliesFromMemory)
        {
            c = TSimd.MultiplyAdd((T*)left + at, b, c);
            if (sizeof(TColumns) > 1) d = TSimd.MultiplyAdd((T*)left + at, e, d);
        }
        else
        {
            Step<TSimd, TVector, T, TColumns>(left + at * sizeof(T), b, e, ref c, ref d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Bring(byte* line, nint step)
    {
        if (Sse.IsSupported) Sse.Prefetch1(line);
        return line + step;
    }
}
