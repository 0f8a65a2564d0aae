using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>How a <see cref="DepthwiseFilterPass{T, TChunk}"/> adds up the filter gradient of some rows.</summary>
internal unsafe interface IDepthwiseFilterChunk<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>
    /// Adds what rows <paramref name="row"/> to <paramref name="end"/> - 1, counted through all images, contribute. The sums of
    /// tap k begin at <paramref name="sums"/> + k * <paramref name="tapLength"/>: vector v belongs to the channels from v * Count on, the
    /// last vector to the last channels.
    /// </summary>
    void Add<TVec>(nint row, nint end, T* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, T>;

    /// <summary>
    /// The same without any zeros beside the pictures, by which an infinity or NaN makes NaN of taps that do not meet it: for chunks whose sums are not finite.
    /// </summary>
    void AddMet<TVec>(nint row, nint end, T* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, T>;
}
