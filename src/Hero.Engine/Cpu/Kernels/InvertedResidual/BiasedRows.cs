using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>What happens to rows of pixels before and after sums of products, a number for each channel at hand.</summary>
internal static unsafe class BiasedRows
{
    /// <summary>rows[i, c] = min(max(rows[i, c] + bias[c], low), high), rows <paramref name="step"/> elements apart; NaN stays NaN.</summary>
    public static void Hold(float* rows, nint step, nint count, int channels, float* bias, float low, float high)
    {
        switch (SimdWidth.For<float>(channels))
        {
            case 512: Hold<Simd512<float>>(rows, step, count, channels, bias, low, high); break;
            case 256: Hold<Simd256<float>>(rows, step, count, channels, bias, low, high); break;
            case 128: Hold<Simd128<float>>(rows, step, count, channels, bias, low, high); break;
            default: Hold<Simd1<float>>(rows, step, count, channels, bias, low, high); break;
        }
    }

    /// <summary>rows[i, c] = bias[c], or bias[c] + residual[i, c] where there is one; rows of both are <paramref name="step"/> elements apart.</summary>
    public static void Begin(float* rows, float* residual, nint step, nint count, int channels, float* bias)
    {
        switch (SimdWidth.For<float>(channels))
        {
            case 512: Begin<Simd512<float>>(rows, residual, step, count, channels, bias); break;
            case 256: Begin<Simd256<float>>(rows, residual, step, count, channels, bias); break;
            case 128: Begin<Simd128<float>>(rows, residual, step, count, channels, bias); break;
            default: Begin<Simd1<float>>(rows, residual, step, count, channels, bias); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Hold<TVec>(float* rows, nint step, nint count, nint channels, float* bias, float low, float high)
        where TVec : struct, ISimd<TVec, float>
    {
        TVec least = TVec.All(low), most = TVec.All(high);
        var whole = channels / TVec.Count * TVec.Count;
        for (; count > 0; count--, rows += step)
        {
            for (nint c = 0; c < whole; c += TVec.Count) TVec.Store(TVec.Clamp(TVec.Load(rows + c) + TVec.Load(bias + c), least, most), rows + c);
            if (whole == channels) continue;
            var rest = channels - whole;
            var sum = TVec.LoadFirst(rows + whole, rest, least) + TVec.LoadFirst(bias + whole, rest, least);
            TVec.StoreFirst(TVec.Clamp(sum, least, most), rows + whole, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Begin<TVec>(float* rows, float* residual, nint step, nint count, nint channels, float* bias)
        where TVec : struct, ISimd<TVec, float>
    {
        // A last register overlaps the one before: both write the same.
        var last = channels - TVec.Count;
        for (; count > 0; count--, rows += step)
        {
            for (nint c = 0; ; c = Math.Min(c + TVec.Count, last))
            {
                var sum = TVec.Load(bias + c);
                TVec.Store(residual == null ? sum : sum + TVec.Load(residual + c), rows + c);
                if (c == last) break;
            }
            if (residual != null) residual += step;
        }
    }
}
