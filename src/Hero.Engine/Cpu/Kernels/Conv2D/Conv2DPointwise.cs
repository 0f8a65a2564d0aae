using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>A 1 x 1 convolution with a packed filter: one matrix product, cut into blocks of pixels and, where these are few, of channels.</summary>
internal unsafe struct Conv2DPointwise<T, TEpilogue> : IParallelBody
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Multiply-adds worth an item of their own: some ten microseconds of one core.</summary>
    private const double ItemWork = 500_000;

    private const int WantedItems = 64;
    private const int EnoughItems = 16;

    /// <summary>Output elements of an item: what stays in the second-level cache until the epilogue has seen it.</summary>
    private const int BlockElements = 64 * 1024;

    /// <summary>Pixels that make packing pay: fewer in an item would read the filter too often.</summary>
    private const int MinPixels = 112;

    private T* input, output;
    private PackedMatrix<T> filter;
    private int pixels, pixelBlocks, channelBlocks;
    private TEpilogue epilogue;

    public static void Run(T* input, PackedMatrix<T> filter, T* output, int pixels, in TEpilogue epilogue)
    {
        var wanted = (int)Math.Clamp((double)pixels * filter.Depth * filter.Columns / ItemWork, 1, WantedItems);
        var pixelBlocks = Math.Max(
            GemmPlan.Up(pixels, Math.Max(MinPixels, BlockElements / filter.Columns)), Math.Min(wanted, GemmPlan.Up(pixels, MinPixels)));
        var body = new Conv2DPointwise<T, TEpilogue>
        {
            input = input, filter = filter, output = output, pixels = pixels, epilogue = epilogue, pixelBlocks = pixelBlocks,
            channelBlocks = Math.Min(
                GemmPlan.Up(filter.Columns, PackedMatrix<T>.PanelWidth), GemmPlan.Up(Math.Min(wanted, EnoughItems), pixelBlocks)),
        };
        WorkerTeam.Default.For(pixelBlocks * body.channelBlocks, ref body);
    }

    public readonly void Run(int item)
    {
        int channelBlock = item / pixelBlocks, pixelBlock = item % pixelBlocks;   // neighbouring items share filters
        int start = GemmPlan.Cut(pixels, pixelBlocks, pixelBlock), count = GemmPlan.Cut(pixels, pixelBlocks, pixelBlock + 1) - start;
        var panels = GemmPlan.Up(filter.Columns, PackedMatrix<T>.PanelWidth);
        var firstChannel = GemmPlan.Cut(panels, channelBlocks, channelBlock) * PackedMatrix<T>.PanelWidth;
        var channels = Math.Min(filter.Columns, GemmPlan.Cut(panels, channelBlocks, channelBlock + 1) * PackedMatrix<T>.PanelWidth) - firstChannel;
        var offset = (nint)start * filter.Columns + firstChannel;
        filter.Slice(firstChannel, channels).Multiply(
            input + (nint)start * filter.Depth, filter.Depth, output + offset, filter.Columns, count, accumulate: false);

        if (typeof(TEpilogue) == typeof(NoEpilogue)) return;
        epilogue.ApplyRows(offset, channels, count, filter.Columns);
    }
}
