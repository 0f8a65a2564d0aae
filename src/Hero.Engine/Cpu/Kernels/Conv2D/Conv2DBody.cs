using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A pass cut into items: images x blocks of output rows x blocks of output channels. An item slides register tiles of neighbouring
/// output pixels over its rows of the input, which it reads in place, or through a copy with the padding around it.
/// </summary>
internal unsafe struct Conv2DBody<TSimd, TVector, T, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Steps of the inner dimension after which a panel of the filter no longer fits the first-level cache.</summary>
    private const int MaxDepthBlock = 200;

    public Conv2DPass<T>* Pass;
    public T* PackedFilter;

    /// <summary>Where the segments of the inner dimension begin, in bytes from a pixel of the view.</summary>
    public nint* Segments;

    public Conv2DPlan Plan;
    public TEpilogue Epilogue;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    private static int PanelWidth => 2 * sizeof(TVector) / sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        // Neighbouring items share a block of the filter.
        var rowBlock = item % Plan.RowBlocks;
        var imageBlock = item / Plan.RowBlocks % Plan.ImageBlocks;
        var channelBlock = item / (Plan.RowBlocks * Plan.ImageBlocks);
        var outputRows = Pass->Rows.Outputs;
        int rowStart = GemmPlan.Cut(outputRows, Plan.RowBlocks, rowBlock), rowEnd = GemmPlan.Cut(outputRows, Plan.RowBlocks, rowBlock + 1);
        var panels = GemmPlan.Up(Pass->GroupOut, PanelWidth);
        int panelStart = GemmPlan.Cut(panels, Plan.ChannelBlocks, channelBlock);
        int panelEnd = GemmPlan.Cut(panels, Plan.ChannelBlocks, channelBlock + 1);
        var imageEnd = GemmPlan.Cut(Pass->Batch, Plan.ImageBlocks, imageBlock + 1);
        for (var image = GemmPlan.Cut(Pass->Batch, Plan.ImageBlocks, imageBlock); image < imageEnd; image++)
        {
            var view = View(image, rowStart, rowEnd);
            var output = Pass->Output + image * Pass->OutputImageStep + rowStart * Pass->OutputRowStep;
            for (var group = 0; group < Pass->Groups; group++)
            {
                for (var panel = panelStart; panel < panelEnd; panel++)
                {
                    Slide(view + group * Pass->GroupIn, output + group * Pass->GroupOut, group, panel, rowStart, rowEnd - rowStart);
                }
            }
            Finish(output, rowEnd - rowStart, panelStart * PanelWidth, Math.Min(Pass->GroupOut, panelEnd * PanelWidth));
        }
    }

    /// <summary>The input under the first output pixel and first tap of these rows.</summary>
    private readonly T* View(int image, int rowStart, int rowEnd)
    {
        int height = Pass->Rows.Inputs, width = Pass->Columns.Inputs, channels = Pass->InChannels;
        var input = Pass->Input + (nint)image * height * width * channels;
        var row = rowStart * Pass->Rows.OutputStep + Pass->Rows.FirstOffset;
        if (!Pass->Padded) return input + ((nint)row * width + Pass->Columns.FirstOffset) * channels;

        var rows = Pass->Rows.Reach(rowEnd - rowStart);
        var copy = (T*)Scratch.Get(1, (nint)rows * Plan.ViewWidth * channels * sizeof(T));
        Conv2DView.Copy(input, height, width, channels, row, Pass->Columns.FirstOffset, rows, Plan.ViewWidth, copy);
        return copy;
    }

    /// <summary>One panel of output channels for all pixels of some rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Slide(T* view, T* output, int group, int panel, int rowStart, int rows)
    {
        var columns = Math.Min(PanelWidth, Pass->GroupOut - panel * PanelWidth);
        var vectors = columns > Lanes ? 2 : 1;
        var width = vectors * Lanes;
        var pixelStep = (nint)Pass->Columns.OutputStep * Pass->InChannels;
        var operands = new TileOperands
        {
            LeftStep = pixelStep * sizeof(T), RightStep = width * (nint)sizeof(T),
            OutputStep = Pass->OutputPixelStep * sizeof(T), LastColumns = columns - (vectors - 1) * Lanes,
        };
        var filter = PackedFilter + group * Conv2DFilterPacking<TSimd, TVector, T>.GroupSize(Pass) + (nint)panel * PanelWidth * Pass->Depth;
        output += panel * PanelWidth;

        // Blocks of the inner dimension: some whole segments, or equal parts of each.
        int segments = Pass->Segments, length = Pass->SegmentLength;
        var parts = length > MaxDepthBlock ? GemmPlan.Up(length, MaxDepthBlock) : 1;
        var blocks = parts > 1 ? segments * parts : GemmPlan.Up(segments, Math.Max(1, MaxDepthBlock / length));
        var height = GemmPlan.TileHeight(Pass->Columns.Outputs, TSimd.MaxRows);
        var segmentsPerTap = segments / Pass->Rows.Taps;
        for (var block = 0; block < blocks; block++)
        {
            int first, end, from = 0;
            if (parts > 1)
            {
                first = block / parts;
                end = first + 1;
                from = GemmPlan.Cut(length, parts, block % parts);
                operands.SegmentLength = GemmPlan.Cut(length, parts, block % parts + 1) - from;
            }
            else
            {
                first = GemmPlan.Cut(segments, blocks, block);
                end = GemmPlan.Cut(segments, blocks, block + 1);
                operands.SegmentLength = length;
            }
            operands.Accumulate = block > 0;
            var segmentSize = (nint)operands.SegmentLength * width;

            for (var row = 0; row < rows; row++)
            {
                // Kernel rows over the image's edge add nothing; the first block has to write its sums all the same.
                var (tap, endTap) = Pass->Rows.TapsInside(rowStart + row);
                int start = Math.Max(first, tap * segmentsPerTap), stop = Math.Min(end, endTap * segmentsPerTap);
                if (start >= stop)
                {
                    if (block > 0) continue;
                    (start, stop) = (first, end);
                }
                operands.Segments = Segments + start;
                operands.SegmentCount = stop - start;
                operands.Right = (byte*)(filter + (start - first) * segmentSize);
                var line = view + (nint)row * Pass->Rows.OutputStep * Plan.ViewWidth * Pass->InChannels + from;
                var outputLine = output + row * Pass->OutputRowStep;
                for (var pixel = 0; pixel < Pass->Columns.Outputs; pixel += height)
                {
                    operands.Left = (byte*)(line + pixel * pixelStep);
                    operands.Output = (byte*)(outputLine + pixel * Pass->OutputPixelStep);
                    GemmTiles<TSimd, TVector, T>.Run(Math.Min(height, Pass->Columns.Outputs - pixel), vectors, &operands);
                }
            }
            filter += (end - first) * segmentSize;
        }
    }

    private readonly void Finish(T* output, int rows, int channelStart, int channelEnd)
    {
        if (typeof(TEpilogue) == typeof(NoEpilogue)) return;
        var start = (nint)(output - Pass->Output);
        var pixels = (nint)rows * Pass->Columns.Outputs;
        if (Plan.ChannelBlocks == 1) Epilogue.Apply(start, pixels * Pass->OutputPixelStep);
        else Epilogue.ApplyRows(start + channelStart, channelEnd - channelStart, pixels, Pass->OutputPixelStep);
    }
}
