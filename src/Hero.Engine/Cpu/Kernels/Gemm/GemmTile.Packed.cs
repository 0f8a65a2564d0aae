using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

internal static unsafe partial class GemmTile
{
    /// <summary>Steps of packed operands that the tile takes at a time.</summary>
    public const int PackedSteps = 4;

    /// <summary>An inner dimension of packed operands, filled up to whole such steps.</summary>
    public static int PackedDepth(int depth) => GemmPlan.Up(depth, PackedSteps) * PackedSteps;

    /// <summary>
    /// The tile over two packed operands: all addresses are constants behind two pointers. Two rows of three are broadcast
    /// by the multiplication itself; with more, loads would be the limit, with fewer, the number of instructions where the core is shared.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunPacked<TSimd, TVector, T, TRows, TColumns, TLeft>(PackedOperands* operands)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TRows : unmanaged
        where TColumns : unmanaged
        where TLeft : struct, ILeftStrips<T>
    {
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

        byte* left = operands->Left, right = operands->Right, source = null, target = null;
        nint sourceSecond = 0, sourceStep = 0, targetSecond = 0, targetStep = 0, distance = 0;
        var stream = operands->Streams;
        var streams = operands->StreamCount;
        var steps = operands->Depth / PackedSteps;
        while (steps > 0)
        {
            var part = steps;
            source = target = null;
            if (streams > 0)
            {
                part = stream->Count;
                source = stream->Source;
                sourceSecond = stream->SourceSecond;
                sourceStep = stream->SourceStep;
                target = stream->Target;
                targetSecond = stream->TargetSecond;
                targetStep = stream->TargetStep;
                distance = stream->Distance;
                stream++;
                streams--;
            }
            for (steps -= part; part > 0; part--)
            {
                if (source != null)
                {
                    Bring(source + distance, 0);
                    Bring(source + distance + sourceSecond, 0);
                    if (target != null)
                    {
                        TVector first = TSimd.Load((T*)source), second = TSimd.Load((T*)(source + sourceSecond));
                        TSimd.Store(first, (T*)target);
                        TSimd.Store(second, (T*)(target + targetSecond));
                        target += targetStep;
                    }
                    source += sourceStep;
                }
                PackedStep<TSimd, TVector, T, TRows, TColumns, TLeft>(left, right, 0, ref c0, ref d0, ref c1, ref d1, ref c2, ref d2, ref c3, ref d3, ref c4, ref d4, ref c5, ref d5, ref c6, ref d6, ref c7, ref d7, ref c8, ref d8, ref c9, ref d9, ref c10, ref d10, ref c11, ref d11, ref c12, ref d12, ref c13, ref d13);
                PackedStep<TSimd, TVector, T, TRows, TColumns, TLeft>(left, right, 1, ref c0, ref d0, ref c1, ref d1, ref c2, ref d2, ref c3, ref d3, ref c4, ref d4, ref c5, ref d5, ref c6, ref d6, ref c7, ref d7, ref c8, ref d8, ref c9, ref d9, ref c10, ref d10, ref c11, ref d11, ref c12, ref d12, ref c13, ref d13);
                PackedStep<TSimd, TVector, T, TRows, TColumns, TLeft>(left, right, 2, ref c0, ref d0, ref c1, ref d1, ref c2, ref d2, ref c3, ref d3, ref c4, ref d4, ref c5, ref d5, ref c6, ref d6, ref c7, ref d7, ref c8, ref d8, ref c9, ref d9, ref c10, ref d10, ref c11, ref d11, ref c12, ref d12, ref c13, ref d13);
                PackedStep<TSimd, TVector, T, TRows, TColumns, TLeft>(left, right, 3, ref c0, ref d0, ref c1, ref d1, ref c2, ref d2, ref c3, ref d3, ref c4, ref d4, ref c5, ref d5, ref c6, ref d6, ref c7, ref d7, ref c8, ref d8, ref c9, ref d9, ref c10, ref d10, ref c11, ref d11, ref c12, ref d12, ref c13, ref d13);
                left += (TLeft.At(sizeof(TRows), 0, PackedSteps) - TLeft.At(sizeof(TRows), 0, 0)) * sizeof(T);
                right += PackedSteps * sizeof(TColumns) * sizeof(TVector);
            }
        }

        byte* output = operands->Output;
        var outputStep = operands->OutputStep;
        var last = operands->LastColumns;
        if (operands->Accumulate)
        {
            AddRows<TSimd, TVector, T, TRows, TColumns>(
                output, outputStep, last,
                ref c0, ref d0, ref c1, ref d1, ref c2, ref d2, ref c3, ref d3, ref c4, ref d4, ref c5, ref d5, ref c6, ref d6,
                ref c7, ref d7, ref c8, ref d8, ref c9, ref d9, ref c10, ref d10, ref c11, ref d11, ref c12, ref d12, ref c13, ref d13);
        }
        WriteRows<TSimd, TVector, T, TRows, TColumns>(output, outputStep, last, c0, d0, c1, d1, c2, d2, c3, d3, c4, d4, c5, d5, c6, d6, c7, d7, c8, d8, c9, d9, c10, d10, c11, d11, c12, d12, c13, d13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackedStep<TSimd, TVector, T, TRows, TColumns, TLeft>(
        byte* left, byte* right, int step,
        ref TVector c0, ref TVector d0, ref TVector c1, ref TVector d1, ref TVector c2, ref TVector d2, ref TVector c3, ref TVector d3,
        ref TVector c4, ref TVector d4, ref TVector c5, ref TVector d5, ref TVector c6, ref TVector d6, ref TVector c7, ref TVector d7,
        ref TVector c8, ref TVector d8, ref TVector c9, ref TVector d9, ref TVector c10, ref TVector d10, ref TVector c11, ref TVector d11,
        ref TVector c12, ref TVector d12, ref TVector c13, ref TVector d13)
        where TSimd : struct, ITileVector<TVector, T>
        where TVector : unmanaged
        where T : unmanaged
        where TRows : unmanaged
        where TColumns : unmanaged
        where TLeft : struct, ILeftStrips<T>
    {
        var b = TSimd.Load((T*)(right + step * sizeof(TColumns) * sizeof(TVector)));
        var e = sizeof(TColumns) > 1 ? TSimd.Load((T*)(right + (step * sizeof(TColumns) + 1) * sizeof(TVector))) : TSimd.Zero;
        if (sizeof(TRows) > 0) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 0, step), b, e, ref c0, ref d0);
        if (sizeof(TRows) > 1) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 1, step), b, e, ref c1, ref d1);
        if (sizeof(TRows) > 2) Step<TSimd, TVector, T, TColumns>(left + TLeft.At(sizeof(TRows), 2, step) * sizeof(T), b, e, ref c2, ref d2);
        if (sizeof(TRows) > 3) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 3, step), b, e, ref c3, ref d3);
        if (sizeof(TRows) > 4) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 4, step), b, e, ref c4, ref d4);
        if (sizeof(TRows) > 5) Step<TSimd, TVector, T, TColumns>(left + TLeft.At(sizeof(TRows), 5, step) * sizeof(T), b, e, ref c5, ref d5);
        if (sizeof(TRows) > 6) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 6, step), b, e, ref c6, ref d6);
        if (sizeof(TRows) > 7) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 7, step), b, e, ref c7, ref d7);
        if (sizeof(TRows) > 8) Step<TSimd, TVector, T, TColumns>(left + TLeft.At(sizeof(TRows), 8, step) * sizeof(T), b, e, ref c8, ref d8);
        if (sizeof(TRows) > 9) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 9, step), b, e, ref c9, ref d9);
        if (sizeof(TRows) > 10) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 10, step), b, e, ref c10, ref d10);
        if (sizeof(TRows) > 11) Step<TSimd, TVector, T, TColumns>(left + TLeft.At(sizeof(TRows), 11, step) * sizeof(T), b, e, ref c11, ref d11);
        if (sizeof(TRows) > 12) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 12, step), b, e, ref c12, ref d12);
        if (sizeof(TRows) > 13) Direct<TSimd, TVector, T, TColumns>(left, TLeft.At(sizeof(TRows), 13, step), b, e, ref c13, ref d13);
    }
}
