using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Loops over contiguous rows, float or double. The target does not overlap a source.</summary>
internal static unsafe class RowLoops
{
    /// <summary>target = source * factor.</summary>
    public static void Scale<T>(T* source, nint length, double factor, T* target)
        where T : unmanaged, INumber<T>
    {
        var weight = T.CreateTruncating(factor);
        WeightedSum(source, 0, 1, &weight, length, target);
    }

    /// <summary>
    /// target = the sum of weights[i] times row i, where row i begins at <paramref name="source"/> + i * <paramref name="step"/>; at least one row.
    /// </summary>
    public static void WeightedSum<T>(T* source, nint step, int rows, T* weights, nint length, T* target)
        where T : unmanaged, INumber<T>
    {
        switch (SimdWidth.For<T>(length))
        {
            case 512: WeightedSum<T, Simd512<T>>(source, step, rows, weights, length, target); break;
            case 256: WeightedSum<T, Simd256<T>>(source, step, rows, weights, length, target); break;
            case 128: WeightedSum<T, Simd128<T>>(source, step, rows, weights, length, target); break;
            default: WeightedSum<T, Simd1<T>>(source, step, rows, weights, length, target); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WeightedSum<T, TVec>(T* source, nint step, int rows, T* weights, nint length, T* target)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
    {
        var last = length - TVec.Count;
        for (nint i = 0; ; i = Math.Min(i + TVec.Count, last))
        {
            var p = source + i;
            var sum = TVec.Load(p) * TVec.All(weights[0]);
            for (var row = 1; row < rows; row++)
            {
                p += step;
                sum = TVec.MultiplyAdd(TVec.Load(p), TVec.All(weights[row]), sum);
            }
            TVec.Store(sum, target + i);
            if (i == last) break;
        }
    }
}
