using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A pass cut into items: blocks of pictures x blocks of output rows x blocks of output channels. An item reads its part of the pictures in
/// place, or rounds it once to a copy with the padding around it; a tile of neighbouring output pixels slides over that. The sums of a few
/// rows (a stripe) are formed in memory of the core's own and leave it, for the epilogue or the output, before those of the next.
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
        var view = Pass->Depth == 0 ? default : new BFloat16Conv2DView<T>(Pass, first, images, rowStart, rowEnd);
        var stripe = new BFloat16Conv2DStripe(Plan, channels);
        stripe.Sums = (float*)Scratch.Get(OutputSlot, stripe.Size * sizeof(float));
        var tiles = new BFloat16Conv2DTiles(stripe, Pass->Columns.Outputs, panelEnd - panelStart);
        for (var image = 0; image < images; image += Plan.StripeImages)
        {
            for (var row = 0; row < rows; row += Plan.StripeRows)
            {
                stripe.Images = Math.Min(Plan.StripeImages, images - image);
                stripe.Rows = Math.Min(Plan.StripeRows, rows - row);
                if (Pass->Depth == 0) new Span<float>(stripe.Sums, (int)stripe.Size).Clear();
                else
                {
                    tiles.List(stripe, view.ImageStep, Pass->Rows.OutputStep * view.RowStep, PixelStep, BFloat16Conv2DFilter<T>.PanelSize(Pass));
                    var (nextImage, nextRow) = row + Plan.StripeRows < rows ? (image, row + Plan.StripeRows) : (image + Plan.StripeImages, 0);
                    var coming = nextImage < images
                        ? view.Memory(nextImage, nextRow, Math.Min(Plan.StripeImages, images - nextImage), Math.Min(Plan.StripeRows, rows - nextRow)) : default;
                    Slide(view.At(image, row, stripe.Images, stripe.Rows), coming, tiles, stripe, panelStart);
                }
                Finish(stripe, Pass->Outputs.At(first + image, rowStart + row) + channel);
            }
        }
    }

    private readonly nint PixelStep => (nint)Pass->Columns.OutputStep * Pass->InChannels;

    /// <summary>The sums of a stripe; what comes after is fetched meanwhile.</summary>
    private readonly void Slide(ushort* view, MemoryRange coming, in BFloat16Conv2DTiles tiles, in BFloat16Conv2DStripe stripe, int panelStart)
    {
        var call = new TileCall
        {
            Left = (byte*)view, Right = (byte*)(PackedFilter + panelStart * BFloat16Conv2DFilter<T>.PanelSize(Pass)), Output = (byte*)stripe.Sums,
            Segments = Segments, SegmentCount = Pass->Segments, StepsPerSegment = Pass->SegmentLength / Pass->DepthStep,
            LeftRowStep = PixelStep * sizeof(ushort), LeftDepthStep = Pass->DepthStep * sizeof(ushort), OutputRowStep = stripe.Channels * sizeof(float),
        };
        call.Fetch(coming);
        tiles.Run(&call, Pass->DepthStep);
    }

    /// <summary>Hands a stripe over, whose first sum belongs to <paramref name="start"/> in the output: to the epilogue, or to memory before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Finish(in BFloat16Conv2DStripe stripe, nint start)
    {
        // Whole rows of pixels where these lie together in the output, else pixels.
        var outputs = Pass->Outputs;
        var width = Pass->Columns.Outputs;
        var together = stripe.Channels == outputs.PixelStep;
        int ranges = together ? stripe.Rows : width, pieces = together ? 1 : stripe.Rows;
        nint length = together ? (nint)width * stripe.Channels : stripe.Channels;
        nint valueStep = together ? stripe.RowStep : stripe.Channels, step = together ? outputs.RowStep : outputs.PixelStep;
        for (var image = 0; image < stripe.Images; image++, start += outputs.ImageStep)
        {
            for (var piece = 0; piece < pieces; piece++)
            {
                var values = stripe.Sums + stripe.At(image, piece);
                var from = start + piece * outputs.RowStep;
                if (Pass->Output == null)
                {
                    Epilogue.ApplyRows(values, valueStep, from, length, ranges, step);
                    continue;
                }
                for (nint i = 0; i < ranges; i++) new Span<float>(values + i * valueStep, (int)length).CopyTo(new(Pass->Output + from + i * step, (int)length));
                Epilogue.ApplyRows(from, length, ranges, step);
            }
        }
    }
}
