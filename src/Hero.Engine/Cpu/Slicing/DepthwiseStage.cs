using Hero.Cpu.Kernels;

namespace Hero.Cpu.Slicing;

/// <summary>A depthwise convolution, or its input's gradient, some picture rows at a time: a convolution of a part of each picture is one itself. float32.</summary>
internal sealed unsafe class DepthwiseStage(int source, int filter, int target, Window2D window, bool isGradient) : SliceStage
{
    // Kernels take rows in pairs.
    private const int Pair = 2;

    private int Height => isGradient ? window.InHeight : window.OutHeight;

    private int Width => isGradient ? window.InWidth : window.OutWidth;

    public override int Granule => Height % Pair == 0 ? Pair * Width : Height * Width;

    public override void Run(void** slots, byte* shared, byte* accumulators, nint row, nint rows)
    {
        int first = (int)(row / Width), end = (int)((row + rows) / Width);
        while (first < end)
        {
            var (image, start) = (first / Height, first % Height);
            var count = Math.Min(Height - start, end - first);
            Band(image, start, start + count, (float*)slots[source], (float*)slots[filter], (float*)slots[target]);
            first += count;
        }
    }

    private void Band(int image, int start, int end, float* from, float* taps, float* to)
    {
        var w = window;
        var reach = (w.KernelHeight - 1) * w.DilationHeight;
        to += ((nint)image * Height + start) * Width * w.InChannels;
        if (isGradient)
        {
            // The output rows that meet these input rows.
            var first = Math.Clamp((start + w.PadTop - reach + w.StrideHeight - 1) / w.StrideHeight, 0, w.OutHeight);
            var last = Math.Clamp((end - 1 + w.PadTop) / w.StrideHeight + 1, first, w.OutHeight);
            var band = w with { Batch = 1, InHeight = end - start, OutHeight = last - first, PadTop = w.PadTop + start - first * w.StrideHeight };
            DepthwiseConv2D.InputGradient(band, from + ((nint)image * w.OutHeight + first) * w.OutWidth * w.OutChannels, taps, to);
        }
        else
        {
            var top = start * w.StrideHeight - w.PadTop;
            var first = Math.Clamp(top, 0, w.InHeight);
            var last = Math.Clamp((end - 1) * w.StrideHeight - w.PadTop + reach + 1, first, w.InHeight);
            var band = w with { Batch = 1, InHeight = last - first, OutHeight = end - start, PadTop = first - top };
            DepthwiseConv2D.Forward(band, from + ((nint)image * w.InHeight + first) * w.InWidth * w.InChannels, taps, to, default(NoEpilogue));
        }
    }
}
