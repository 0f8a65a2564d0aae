using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The filter gradient of a 3 x 3 depthwise convolution without the zeros beside the picture, by which an infinity or NaN makes NaN of taps that do not meet it. The kernels multiply
/// by these zeros, and turn here when a sum is not finite.
/// </summary>
internal static unsafe class DepthwiseFilterMet
{
    /// <summary>Whether all sums of a chunk are finite.</summary>
    public static bool AreFinite<T, TVec>(T* sums, nint tapLength)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
    {
        TVec total = default;
        for (nint i = 0; i < 9 * tapLength; i += TVec.Count) total = TVec.MultiplyAdd(TVec.Load(sums + i), default, total);
        var lanes = stackalloc T[TVec.Count];
        TVec.Store(total, lanes);
        for (var i = 0; i < TVec.Count; i++)
            if (!T.IsFinite(lanes[i])) return false;
        return true;
    }

    public static void Clear<T>(T* sums, nint tapLength)
        where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < 9 * tapLength; i++) sums[i] = T.Zero;
    }

    /// <summary>Adds what a row of x and a row of dy, which meet through a row of taps, give to the sums of these.</summary>
    public static void Add<T, TVec>(T* x, int inWidth, T* dy, int outWidth, int stride, int padLeft, nint channels, T* sums, nint tapLength)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
    {
        for (var tap = 0; tap < 3; tap++)
        {
            int before = padLeft - tap, first = before > 0 ? (before + stride - 1) / stride : 0, end = Math.Min(outWidth, (inWidth - 1 + before + stride) / stride);
            if (first >= end) continue;
            DepthwiseFilterSums.Add<T, TVec>(
                new WindowGrid<T>
                {
                    Rows = 1, Columns = 1, Windows = end - first,
                    Source = x + (first * stride - before) * channels, Advance = stride * channels,
                    Target = dy + first * channels, TargetAdvance = channels,
                    Filter = sums + tap * tapLength,
                },
                channels);
        }
    }
}
