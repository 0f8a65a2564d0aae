using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Two neighbouring target rows of a 3 x 3 depthwise convolution with stride 2, a number for each channel added and the sums held between
/// two. The five source rows they need are passed over from left to right, one vector of channels at a time, with the nine taps in
/// registers: every source vector is loaded once. float32.
/// </summary>
internal unsafe struct DepthwiseStride
{
    /// <summary>Windows per visit to a vector of channels; see <see cref="DepthwiseSlide{T}"/>.</summary>
    private const int Block = 7;

    public float* Source0;
    public float* Source1;
    public float* Source2;
    public float* Source3;
    public float* Source4;
    public float* Target0;
    public float* Target1;

    /// <summary>Nine taps from top left to bottom right, rows 3 * <see cref="FilterStep"/> and columns <see cref="FilterStep"/> apart.</summary>
    public float* Filter;

    public nint FilterStep;

    /// <summary>A number for each channel that sums begin with, and two that they are held between.</summary>
    public float* Bias, Range;

    /// <summary>Channels of the source; its pixels follow each other.</summary>
    public nint Channels;

    /// <summary>Elements from one target pixel to the next.</summary>
    public nint TargetStep;

    /// <summary>Source and target columns; the first window begins <see cref="PadLeft"/> (0 or 1) columns before the source.</summary>
    public int Columns, Windows, PadLeft;

    /// <summary>Whether a convolution is one of these: the middle of each window is inside the source.</summary>
    public static bool Takes(in Window2D w) =>
        w is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 2, StrideWidth: 2, DilationHeight: 1, DilationWidth: 1, PadLeft: 0 or 1 }
        && 2 * (w.OutWidth - 1) - w.PadLeft + 1 < w.InWidth;

    public readonly void Run<TVec>() where TVec : struct, ISimd<TVec, float>
    {
        for (var first = 0; first < Windows; first += Block) Run<TVec>(first, Math.Min(first + Block, Windows));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Run<TVec>(int first, int end) where TVec : struct, ISimd<TVec, float>
    {
        TVec low = TVec.All(Range[0]), high = TVec.All(Range[1]);
        nint step = TargetStep, right = Channels, start = (2 * first - PadLeft) * Channels;
        // The last window's right column may be missing.
        var inside = Math.Min(end, (Columns + PadLeft - 1) / 2);
        var last = Channels - TVec.Count;
        for (nint channel = 0; ; channel = Math.Min(channel + TVec.Count, last))
        {
            float* filter = Filter + channel, filter1 = filter + 3 * FilterStep, filter2 = filter1 + 3 * FilterStep;
            TVec f00 = TVec.Load(filter), f01 = TVec.Load(filter + FilterStep), f02 = TVec.Load(filter + 2 * FilterStep);
            TVec f10 = TVec.Load(filter1), f11 = TVec.Load(filter1 + FilterStep), f12 = TVec.Load(filter1 + 2 * FilterStep);
            TVec f20 = TVec.Load(filter2), f21 = TVec.Load(filter2 + FilterStep), f22 = TVec.Load(filter2 + 2 * FilterStep);
            var bias = TVec.Load(Bias + channel);

            float* p0 = Source0 + channel, p1 = Source1 + channel, p2 = Source2 + channel, p3 = Source3 + channel, p4 = Source4 + channel;
            float* t0 = Target0 + channel + first * step, t1 = Target1 + channel + first * step;
            // Sums of the window at hand, begun with its left column.
            TVec sum0 = bias, sum1 = bias;
            var column = start;
            if (column >= 0)
            {
                var x2 = TVec.Load(p2 + column);
                sum0 = TVec.MultiplyAdd(x2, f20, TVec.MultiplyAdd(TVec.Load(p1 + column), f10, TVec.MultiplyAdd(TVec.Load(p0 + column), f00, bias)));
                sum1 = TVec.MultiplyAdd(TVec.Load(p4 + column), f20, TVec.MultiplyAdd(TVec.Load(p3 + column), f10, TVec.MultiplyAdd(x2, f00, bias)));
            }
            column += right;
            for (var window = first; window < inside; window++, column += 2 * right)
            {
                TVec x0 = TVec.Load(p0 + column), x1 = TVec.Load(p1 + column), x2 = TVec.Load(p2 + column), x3 = TVec.Load(p3 + column), x4 = TVec.Load(p4 + column);
                sum0 = TVec.MultiplyAdd(x2, f21, TVec.MultiplyAdd(x1, f11, TVec.MultiplyAdd(x0, f01, sum0)));
                sum1 = TVec.MultiplyAdd(x4, f21, TVec.MultiplyAdd(x3, f11, TVec.MultiplyAdd(x2, f01, sum1)));
                var next = column + right;
                x0 = TVec.Load(p0 + next);
                x1 = TVec.Load(p1 + next);
                x2 = TVec.Load(p2 + next);
                x3 = TVec.Load(p3 + next);
                x4 = TVec.Load(p4 + next);
                sum0 = TVec.MultiplyAdd(x2, f22, TVec.MultiplyAdd(x1, f12, TVec.MultiplyAdd(x0, f02, sum0)));
                sum1 = TVec.MultiplyAdd(x4, f22, TVec.MultiplyAdd(x3, f12, TVec.MultiplyAdd(x2, f02, sum1)));
                TVec.Store(TVec.Clamp(sum0, low, high), t0);
                TVec.Store(TVec.Clamp(sum1, low, high), t1);
                t0 += step;
                t1 += step;
                sum0 = TVec.MultiplyAdd(x2, f20, TVec.MultiplyAdd(x1, f10, TVec.MultiplyAdd(x0, f00, bias)));
                sum1 = TVec.MultiplyAdd(x4, f20, TVec.MultiplyAdd(x3, f10, TVec.MultiplyAdd(x2, f00, bias)));
            }
            if (inside < end)
            {
                TVec x0 = TVec.Load(p0 + column), x1 = TVec.Load(p1 + column), x2 = TVec.Load(p2 + column), x3 = TVec.Load(p3 + column), x4 = TVec.Load(p4 + column);
                sum0 = TVec.MultiplyAdd(x2, f21, TVec.MultiplyAdd(x1, f11, TVec.MultiplyAdd(x0, f01, sum0)));
                sum1 = TVec.MultiplyAdd(x4, f21, TVec.MultiplyAdd(x3, f11, TVec.MultiplyAdd(x2, f01, sum1)));
                TVec.Store(TVec.Clamp(sum0, low, high), t0);
                TVec.Store(TVec.Clamp(sum1, low, high), t1);
            }
            if (channel == last) break;
        }
    }
}
