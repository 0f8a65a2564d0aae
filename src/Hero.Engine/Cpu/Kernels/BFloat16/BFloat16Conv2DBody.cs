using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A pass cut into items: blocks of pictures x blocks of output rows x blocks of output channels. An item reads its part of the pictures in
/// place, or rounds it once to a copy with the padding around it; a tile of neighbouring output pixels slides over that.
/// </summary>
internal unsafe struct BFloat16Conv2DBody<T, TEpilogue> : IParallelBody where T : unmanaged where TEpilogue : struct, IEpilogue
{
    private const int OutputSlot = 6;

    public BFloat16Conv2DPass<T>* Pass;
    public ushort* PackedFilter;

    /// <summary>Where the segments of the inner dimension begin, in bytes from a pixel of the view.</summary>
    public nint* Segments;

    public BFloat16Conv2DPlan Plan;
    public TEpilogue Epilogue;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        // Neighbouring items share a block of the filter.
        var rowBlock = item % Plan.RowBlocks;
        var imageBlock = item / Plan.RowBlocks % Plan.ImageBlocks;
        var channelBlock = item / (Plan.RowBlocks * Plan.ImageBlocks);
        int rowStart = GemmPlan.Cut(Pass->Rows.Outputs, Plan.RowBlocks, rowBlock), rowEnd = GemmPlan.Cut(Pass->Rows.Outputs, Plan.RowBlocks, rowBlock + 1);
        int first = GemmPlan.Cut(Pass->Batch, Plan.ImageBlocks, imageBlock), images = GemmPlan.Cut(Pass->Batch, Plan.ImageBlocks, imageBlock + 1) - first;
        var panels = GemmPlan.Up(Pass->OutChannels, TileUnit.Columns);
        int panelStart = GemmPlan.Cut(panels, Plan.ChannelBlocks, channelBlock), panelEnd = GemmPlan.Cut(panels, Plan.ChannelBlocks, channelBlock + 1);

        int channel = panelStart * TileUnit.Columns, channels = Math.Min(Pass->OutChannels, panelEnd * TileUnit.Columns) - channel, rows = rowEnd - rowStart;
        var (output, start) = (Pass->Outputs, Pass->Outputs.At(first, rowStart) + channel);
        if (Pass->Output == null)
        {
            // Only the epilogue sees it: this item's part by itself.
            output = new(channels, (nint)Pass->Columns.Outputs * channels, (nint)rows * Pass->Columns.Outputs * channels);
            output.Start = (float*)Scratch.Get(OutputSlot, images * output.ImageStep * sizeof(float));
        }
        else output.Start = Pass->Output + start;
        var view = View(first, images, rowStart, rowEnd, out var imageStep);
        Slide(view, imageStep, output, images, rows, panelStart, panelEnd);
        Finish(output, start, images, rows, channels);
    }

    /// <summary>The input under the first output pixel and first tap of these rows, and the elements from one picture's to the next's.</summary>
    private readonly ushort* View(int first, int images, int rowStart, int rowEnd, out nint imageStep)
    {
        int height = Pass->Rows.Inputs, width = Pass->Columns.Inputs, channels = Pass->InChannels;
        var picture = (nint)height * width * channels;
        var input = Pass->Input + first * picture;
        var row = rowStart * Pass->Rows.OutputStep + Pass->Rows.FirstOffset;
        if (Pass->InPlace)
        {
            imageStep = picture;
            return (ushort*)input + ((nint)row * width + Pass->Columns.FirstOffset) * channels;
        }
        var rows = Pass->Rows.Reach(rowEnd - rowStart);
        imageStep = (nint)rows * Pass->ViewWidth * channels;
        var copy = (ushort*)Scratch.Get(1, (images * imageStep + BFloat16View.Slack) * sizeof(ushort));
        for (var image = 0; image < images; image++)
            BFloat16View.Copy(input + image * picture, height, width, channels, row, Pass->Columns.FirstOffset, rows, Pass->ViewWidth, copy + image * imageStep);
        return copy;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Slide(ushort* view, nint imageStep, in BFloat16Conv2DOutput output, int images, int rows, int panelStart, int panelEnd)
    {
        // A row of output pixels is cut into tiles of equal height, but for the last.
        var width = Pass->Columns.Outputs;
        var height = GemmPlan.TileHeight(width, TileUnit.Rows);
        int tiles = width / height, rest = width % height;
        var list = new TileList(images * rows * tiles * (panelEnd - panelStart));

        var depthStep = Pass->DepthStep;
        var pixelStep = (nint)Pass->Columns.OutputStep * Pass->InChannels * sizeof(ushort);
        var call = new TileCall
        {
            Left = (byte*)view, StepsPerSegment = Pass->SegmentLength / depthStep,
            LeftRowStep = pixelStep, LeftDepthStep = depthStep * sizeof(ushort),
            Output = (byte*)output.Start, OutputRowStep = output.PixelStep * sizeof(float),
        };
        int panels = panelEnd - panelStart, lastColumns = Math.Min(TileUnit.Columns, Pass->OutChannels - (panelEnd - 1) * TileUnit.Columns);
        var wholePanels = lastColumns < TileUnit.Columns ? panels - 1 : panels;
        for (var segment = 0; segment < Pass->Segments; segment += Plan.Segments)
        {
            call.Segments = Segments + segment;
            call.SegmentCount = Math.Min(Plan.Segments, Pass->Segments - segment);
            call.Accumulate = segment > 0 ? 1 : 0;
            call.Right = (byte*)(PackedFilter + panelStart * BFloat16Conv2DFilter<T>.PanelSize(Pass) + (nint)segment * Pass->SegmentLength * TileUnit.Columns);
            for (var edge = 0; edge < 4; edge++)
            {
                bool after = edge > 1, right = edge % 2 != 0;
                if (after && rest == 0) break;
                list.Clear();
                List(ref list, imageStep, output, images, rows, after ? tiles * height : 0, height, after ? 1 : tiles, right ? wholePanels : 0, right ? panels : wholePanels);
                list.Run(&call, after ? rest : height, right ? lastColumns : TileUnit.Columns, depthStep);
            }
        }
    }

    /// <summary>Takes down tiles from a column on in all rows, for some panels.</summary>
    private readonly void List(ref TileList list, nint imageStep, in BFloat16Conv2DOutput output, int images, int rows, int column, int height, int tiles, int panelStart, int panelEnd)
    {
        var pixelStep = (nint)Pass->Columns.OutputStep * Pass->InChannels * sizeof(ushort);
        var outputStep = output.PixelStep * sizeof(float);
        for (var panel = panelStart; panel < panelEnd; panel++)
        {
            for (var image = 0; image < images; image++)
            {
                for (var row = 0; row < rows; row++)
                {
                    var left = (image * imageStep + (nint)row * Pass->Rows.OutputStep * Pass->ViewWidth * Pass->InChannels) * sizeof(ushort) + column * pixelStep;
                    var to = (output.At(image, row) + panel * TileUnit.Columns) * sizeof(float) + column * outputStep;
                    list.Add(left, height * pixelStep, panel * BFloat16Conv2DFilter<T>.PanelSize(Pass) * sizeof(ushort), to, height * outputStep, tiles);
                }
            }
        }
    }

    /// <summary>The epilogue on some rows of some pictures, which begin at <paramref name="start"/> in the output.</summary>
    private readonly void Finish(in BFloat16Conv2DOutput output, nint start, int images, int rows, int channels)
    {
        if (typeof(TEpilogue) == typeof(NoEpilogue)) return;
        var pixels = (nint)rows * Pass->Columns.Outputs;
        for (var image = 0; image < images; image++, start += Pass->Outputs.ImageStep)
        {
            if (Pass->Output == null) Epilogue.ApplyRows(output.Start + output.At(image, 0), output.PixelStep, start, channels, pixels, Pass->Outputs.PixelStep);
            else Epilogue.ApplyRows(start, channels, pixels, Pass->Outputs.PixelStep);
        }
    }
}
