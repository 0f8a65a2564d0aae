using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Two neighbouring target rows of a 3 x 3 depthwise convolution with stride 1. The four source rows they need are passed over from left
/// to right, one vector of channels at a time, with the nine taps in registers: every source vector is loaded once and has its part
/// in six sums.
/// </summary>
internal unsafe struct DepthwiseSlide<T>
    where T : unmanaged, INumber<T>
{
    // Windows per visit to a vector of channels: few, so that memory is still read nearly in order, yet many to a load of the taps.
    // The sides of the usual networks' layers are multiples of seven.
    private const int Block = 7;

    public T* Source0;
    public T* Source1;
    public T* Source2;
    public T* Source3;
    public T* Target0;
    public T* Target1;

    /// <summary>Nine taps from top left to bottom right, <see cref="FilterRowStep"/> and <see cref="FilterColumnStep"/> apart.</summary>
    public T* Filter;

    public nint FilterRowStep, FilterColumnStep;

    /// <summary>A number for each channel that sums begin with, and two that they are held between; both or neither (null).</summary>
    public T* Bias, Range;

    /// <summary>Channels of the source; its pixels follow each other.</summary>
    public nint Channels;

    /// <summary>Elements from one target pixel to the next.</summary>
    public nint TargetStep;

    /// <summary>Source columns, and how many more there are to the left and right that count as zero: 0, 1 or 2.</summary>
    public int Columns, PadLeft, PadRight;

    public readonly void Run<TVec>()
        where TVec : struct, ISimd<TVec, T>
    {
        var windows = Columns + PadLeft + PadRight - 2;
        for (var first = 0; first < windows; first += Block) Run<TVec>(first, Math.Min(first + Block, windows));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Run<TVec>(int first, int end)
        where TVec : struct, ISimd<TVec, T>
    {
        int firstColumn = Math.Max(first - PadLeft, 0), endColumn = Math.Min(end - PadLeft + 2, Columns);
        var missingColumns = end - PadLeft + 2 - endColumn;
        nint start = firstColumn * Channels, stop = endColumn * Channels, firstStore = (first - PadLeft + 2) * Channels;
        var step = TargetStep;
        var held = Range != null;
        TVec low = held ? TVec.All(Range[0]) : default, high = held ? TVec.All(Range[1]) : default;
        var last = Channels - TVec.Count;
        for (nint channel = 0; ; channel = Math.Min(channel + TVec.Count, last))
        {
            T* filter = Filter + channel, filter1 = filter + FilterRowStep, filter2 = filter1 + FilterRowStep;
            TVec f00 = TVec.Load(filter), f01 = TVec.Load(filter + FilterColumnStep), f02 = TVec.Load(filter + 2 * FilterColumnStep);
            TVec f10 = TVec.Load(filter1), f11 = TVec.Load(filter1 + FilterColumnStep), f12 = TVec.Load(filter1 + 2 * FilterColumnStep);
            TVec f20 = TVec.Load(filter2), f21 = TVec.Load(filter2 + FilterColumnStep), f22 = TVec.Load(filter2 + 2 * FilterColumnStep);

            var bias = Bias == null ? default : TVec.Load(Bias + channel);

            // Sums of the windows that end with the column at hand, and of those that have it in the middle.
            TVec end0 = bias, end1 = bias, middle0 = bias, middle1 = bias;
            T* p0 = Source0 + channel, p1 = Source1 + channel, p2 = Source2 + channel, p3 = Source3 + channel;
            T* t0 = Target0 + channel + first * step, t1 = Target1 + channel + first * step;
            for (var column = start; column < stop; column += Channels)
            {
                TVec x0 = TVec.Load(p0 + column), x1 = TVec.Load(p1 + column), x2 = TVec.Load(p2 + column), x3 = TVec.Load(p3 + column);
                end0 = TVec.MultiplyAdd(x2, f22, TVec.MultiplyAdd(x1, f12, TVec.MultiplyAdd(x0, f02, end0)));
                end1 = TVec.MultiplyAdd(x3, f22, TVec.MultiplyAdd(x2, f12, TVec.MultiplyAdd(x1, f02, end1)));
                if (column >= firstStore)
                {
                    if (held) (end0, end1) = (TVec.Clamp(end0, low, high), TVec.Clamp(end1, low, high));
                    TVec.Store(end0, t0);
                    TVec.Store(end1, t1);
                    t0 += step;
                    t1 += step;
                }
                end0 = TVec.MultiplyAdd(x2, f21, TVec.MultiplyAdd(x1, f11, TVec.MultiplyAdd(x0, f01, middle0)));
                end1 = TVec.MultiplyAdd(x3, f21, TVec.MultiplyAdd(x2, f11, TVec.MultiplyAdd(x1, f01, middle1)));
                middle0 = TVec.MultiplyAdd(x2, f20, TVec.MultiplyAdd(x1, f10, TVec.MultiplyAdd(x0, f00, bias)));
                middle1 = TVec.MultiplyAdd(x3, f20, TVec.MultiplyAdd(x2, f10, TVec.MultiplyAdd(x1, f00, bias)));
            }
            if (held)
            {
                (end0, end1) = (TVec.Clamp(end0, low, high), TVec.Clamp(end1, low, high));
                (middle0, middle1) = (TVec.Clamp(middle0, low, high), TVec.Clamp(middle1, low, high));
            }
            if (missingColumns > 0 && stop >= firstStore)
            {
                TVec.Store(end0, t0);
                TVec.Store(end1, t1);
                t0 += step;
                t1 += step;
            }
            if (missingColumns > 1)
            {
                TVec.Store(middle0, t0);
                TVec.Store(middle1, t1);
            }
            if (channel == last) break;
        }
    }
}
