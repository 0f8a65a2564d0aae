using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// What two neighbouring output rows add to the filter gradient of a 3 x 3 depthwise convolution with stride 1. The four input rows they
/// met are passed over from left to right, one vector of channels at a time, with the nine sums in registers.
/// </summary>
internal unsafe struct DepthwiseFilterSlide<T>
    where T : unmanaged, INumber<T>
{
    private const int Block = 14;

    public T* Source0;
    public T* Source1;
    public T* Source2;
    public T* Source3;

    /// <summary>The two rows of dy.</summary>
    public T* Gradient0;
    public T* Gradient1;

    /// <summary>Nine sums, <see cref="TapLength"/> apart, as <see cref="IDepthwiseFilterChunk{T}.Add"/> says.</summary>
    public T* Sums;

    public nint TapLength, Channels;

    /// <summary>Input and output columns, and how many columns of zeros there are to the left of the input: 0, 1 or 2.</summary>
    public int Columns, Windows, PadLeft;

    public readonly void Run<TVec>()
        where TVec : struct, ISimd<TVec, T>
    {
        for (var first = 0; first < Windows; first += Block) Run<TVec>(first, Math.Min(first + Block, Windows));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Run<TVec>(int first, int end)
        where TVec : struct, ISimd<TVec, T>
    {
        int firstColumn = Math.Max(first - PadLeft, 0), endColumn = Math.Min(end - PadLeft + 2, Columns);
        nint start = firstColumn * Channels, stop = endColumn * Channels, stopLoad = (end - PadLeft) * Channels;
        var last = Channels - TVec.Count;
        for (nint slot = 0; slot < Channels; slot += TVec.Count)
        {
            var channel = Math.Min(slot, last);
            T* sums0 = Sums + slot, sums1 = sums0 + 3 * TapLength, sums2 = sums1 + 3 * TapLength;
            TVec s00 = TVec.Load(sums0), s01 = TVec.Load(sums0 + TapLength), s02 = TVec.Load(sums0 + 2 * TapLength);
            TVec s10 = TVec.Load(sums1), s11 = TVec.Load(sums1 + TapLength), s12 = TVec.Load(sums1 + 2 * TapLength);
            TVec s20 = TVec.Load(sums2), s21 = TVec.Load(sums2 + TapLength), s22 = TVec.Load(sums2 + 2 * TapLength);

            T* p0 = Source0 + channel, p1 = Source1 + channel, p2 = Source2 + channel, p3 = Source3 + channel;
            T* d0 = Gradient0 + channel + PadLeft * Channels, d1 = Gradient1 + channel + PadLeft * Channels;

            // dy of the windows that begin with the column at hand, have it in the middle, end with it; zero outside the block.
            TVec begin0 = default, begin1 = default, middle0 = default, middle1 = default, end0 = default, end1 = default;
            var window = firstColumn + PadLeft;
            if (window - 1 >= first && window - 1 < end)
                (middle0, middle1) = (TVec.Load(d0 + start - Channels), TVec.Load(d1 + start - Channels));
            if (window - 2 >= first)
                (end0, end1) = (TVec.Load(d0 + start - 2 * Channels), TVec.Load(d1 + start - 2 * Channels));
            for (var column = start; column < stop; column += Channels)
            {
                (begin0, begin1) = column < stopLoad ? (TVec.Load(d0 + column), TVec.Load(d1 + column)) : (default, default);
                TVec x0 = TVec.Load(p0 + column), x1 = TVec.Load(p1 + column), x2 = TVec.Load(p2 + column), x3 = TVec.Load(p3 + column);
                s00 = TVec.MultiplyAdd(x1, begin1, TVec.MultiplyAdd(x0, begin0, s00));
                s10 = TVec.MultiplyAdd(x2, begin1, TVec.MultiplyAdd(x1, begin0, s10));
                s20 = TVec.MultiplyAdd(x3, begin1, TVec.MultiplyAdd(x2, begin0, s20));
                s01 = TVec.MultiplyAdd(x1, middle1, TVec.MultiplyAdd(x0, middle0, s01));
                s11 = TVec.MultiplyAdd(x2, middle1, TVec.MultiplyAdd(x1, middle0, s11));
                s21 = TVec.MultiplyAdd(x3, middle1, TVec.MultiplyAdd(x2, middle0, s21));
                s02 = TVec.MultiplyAdd(x1, end1, TVec.MultiplyAdd(x0, end0, s02));
                s12 = TVec.MultiplyAdd(x2, end1, TVec.MultiplyAdd(x1, end0, s12));
                s22 = TVec.MultiplyAdd(x3, end1, TVec.MultiplyAdd(x2, end0, s22));
                (end0, end1, middle0, middle1) = (middle0, middle1, begin0, begin1);
            }
            TVec.Store(s00, sums0);
            TVec.Store(s01, sums0 + TapLength);
            TVec.Store(s02, sums0 + 2 * TapLength);
            TVec.Store(s10, sums1);
            TVec.Store(s11, sums1 + TapLength);
            TVec.Store(s12, sums1 + 2 * TapLength);
            TVec.Store(s20, sums2);
            TVec.Store(s21, sums2 + TapLength);
            TVec.Store(s22, sums2 + 2 * TapLength);
        }
    }
}
