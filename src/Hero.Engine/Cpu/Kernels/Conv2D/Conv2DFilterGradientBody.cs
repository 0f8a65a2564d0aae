using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of a convolution's filter: for every tap, the product of the input under it (transposed) and the output's gradient,
/// summed over all output pixels. Cut into items: chunks of output rows over all images, each with sums of its own, x blocks of the
/// filter's rows. An item takes some output rows at a time, as many as a panel of their gradient fits the first-level cache.
/// </summary>
internal unsafe struct Conv2DFilterGradientBody<TSimd, TVector, T> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>The forward pass; its output is the gradient that comes in.</summary>
    public Conv2DPass<T>* Pass;

    public Conv2DFilterGradientPlan Plan;

    /// <summary>Sums of the second chunk, the third ...; the first chunk's go to <see cref="Gradient"/>.</summary>
    public T* Gradient, Partials;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    private static int PanelWidth => 2 * sizeof(TVector) / sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int block = item % Plan.UnitBlocks, chunk = item / Plan.UnitBlocks;
        var gradient = chunk == 0 ? Gradient : Partials + (chunk - 1) * Plan.GradientSize;
        int first = GemmPlan.Cut(Plan.Stretches, Plan.Chunks, chunk), last = GemmPlan.Cut(Plan.Stretches, Plan.Chunks, chunk + 1);
        var rows = Pass->Batch * Pass->Rows.Outputs;
        var segments = stackalloc nint[Plan.StretchRows];
        for (var stretch = first; stretch < last; stretch++)
        {
            int start = GemmPlan.Cut(rows, Plan.Stretches, stretch), end = GemmPlan.Cut(rows, Plan.Stretches, stretch + 1);
            var view = Plan.PackInput ? PackedView(start, end, block, segments) : View(start, end, segments);
            for (var group = 0; group < Pass->Groups; group++)
            {
                for (var panel = 0; panel < GemmPlan.Up(Pass->GroupOut, PanelWidth); panel++)
                {
                    Multiply(view, segments, gradient, group, panel, start, end, block, accumulate: stretch > first);
                }
            }
        }
    }

    /// <summary>
    /// The input under the first pixel and tap of output rows <paramref name="start"/> to <paramref name="end"/>, counted over all
    /// images, and where each of these rows begins from there, in bytes.
    /// </summary>
    private readonly T* View(int start, int end, nint* segments)
    {
        ref readonly var axis = ref Pass->Rows;
        int height = axis.Inputs, width = Pass->Columns.Inputs, channels = Pass->InChannels, perImage = axis.Outputs;
        var image = (nint)height * width * channels;
        if (!Pass->Padded)
        {
            var origin = Pass->Input + ((nint)axis.FirstOffset * width + Pass->Columns.FirstOffset) * channels;
            for (var row = start; row < end; row++)
            {
                segments[row - start] = (row / perImage * image + (nint)(row % perImage) * axis.OutputStep * width * channels) * sizeof(T);
            }
            return origin;
        }

        var line = (nint)Plan.ViewWidth * channels;
        var copy = (T*)Scratch.Get(1, Plan.ViewRows * line * sizeof(T));
        var target = copy;
        for (var row = start; row < end;)
        {
            var y = row % perImage;
            var count = Math.Min(perImage - y, end - row);
            var viewRows = axis.Reach(count);
            Conv2DView.Copy(
                Pass->Input + row / perImage * image, height, width, channels,
                y * axis.OutputStep + axis.FirstOffset, Pass->Columns.FirstOffset, viewRows, Plan.ViewWidth, target);
            for (var i = 0; i < count; i++) segments[row - start + i] = ((nint)(target - copy) + i * axis.OutputStep * line) * sizeof(T);
            target += viewRows * line;
            row += count;
        }
        return copy;
    }

    /// <summary>As <see cref="View"/>, but packed, for the tiles of channels that units of <paramref name="block"/> read.</summary>
    private readonly T* PackedView(int start, int end, int block, nint* segments)
    {
        ref readonly var axis = ref Pass->Rows;
        int height = axis.Inputs, width = Pass->Columns.Inputs, channels = Pass->InChannels, perImage = axis.Outputs;
        var step = GemmPacking<TSimd, TVector, T>.LeftStep(Plan.TileHeight);
        var taps = Plan.Units / Plan.TilesPerRun;
        var firstTile = GemmPlan.Cut(Plan.Units, Plan.UnitBlocks, block) / taps;
        var endTile = GemmPlan.Up(GemmPlan.Cut(Plan.Units, Plan.UnitBlocks, block + 1), taps);
        var line = (nint)Plan.ViewWidth * step;
        var packed = (T*)Scratch.Get(1, PackedTileSize * Plan.TilesPerRun * sizeof(T));
        nint viewRow = 0;
        for (var row = start; row < end;)
        {
            int y = row % perImage, count = Math.Min(perImage - y, end - row), viewRows = axis.Reach(count);
            for (var i = 0; i < count; i++) segments[row - start + i] = (viewRow + i * axis.OutputStep) * line * sizeof(T);
            for (var i = 0; i < viewRows; i++, viewRow++)
            {
                var inputRow = y * axis.OutputStep + axis.FirstOffset + i;
                var inside = inputRow >= 0 && inputRow < height;
                var source = Pass->Input + ((nint)(row / perImage) * height + (inside ? inputRow : 0)) * width * channels;
                for (var tile = firstTile; tile < endTile; tile++)
                {
                    Conv2DInputPacking<TSimd, TVector, T>.Row(
                        source, inside, width, channels, Pass->Columns.FirstOffset, Plan.ViewWidth, tile * Plan.TileHeight, Plan.TileHeight,
                        packed + tile * PackedTileSize + viewRow * line);
                }
            }
            row += count;
        }
        return packed;
    }

    private readonly nint PackedTileSize => Plan.ViewRows * Plan.ViewWidth * GemmPacking<TSimd, TVector, T>.LeftStep(Plan.TileHeight);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply(
        T* view, nint* segments, T* gradient, int group, int panel, int start, int end, int block, bool accumulate)
    {
        int outputWidth = Pass->Columns.Outputs, channels = Pass->InChannels, outChannels = Pass->GroupOut * Pass->Groups;
        var columns = Math.Min(PanelWidth, Pass->GroupOut - panel * PanelWidth);
        var vectors = columns > Lanes ? 2 : 1;
        var depth = (end - start) * outputWidth;
        var right = Pass->Output + (nint)start * outputWidth * outChannels + group * Pass->GroupOut;
        if (outChannels != vectors * Lanes)   // one panel that fills its vectors is in order as it lies
        {
            var packed = (T*)Scratch.Get(2, (nint)depth * PanelWidth * sizeof(T));
            GemmPacking<TSimd, TVector, T>.Panel(right, outChannels, depth, Pass->GroupOut, transposed: false, panel, packed);
            right = packed;
        }

        var operands = new TileOperands
        {
            LeftTransposed = true,
            Segments = segments, SegmentCount = end - start, SegmentLength = outputWidth,
            Right = (byte*)right, RightStep = vectors * (nint)sizeof(TVector),
            OutputStep = (nint)outChannels * sizeof(T), LastColumns = columns - (vectors - 1) * Lanes, Accumulate = accumulate,
        };
        gradient += group * Pass->GroupOut + panel * PanelWidth;
        view += group * Pass->GroupIn;
        // From pixel to pixel of the view.
        nint step = Plan.PackInput ? GemmPacking<TSimd, TVector, T>.LeftStep(Plan.TileHeight) : channels;
        operands.LeftStep = Pass->Columns.OutputStep * step * sizeof(T);
        var runs = Plan.Units / Plan.TilesPerRun;
        var unitEnd = GemmPlan.Cut(Plan.Units, Plan.UnitBlocks, block + 1);
        for (var unit = GemmPlan.Cut(Plan.Units, Plan.UnitBlocks, block); unit < unitEnd; unit++)
        {
            // A unit is a tile of one run of filter rows: a tap's channels, or those of a whole kernel row where they are neighbours.
            // Packed tiles of channels serve all taps before the next.
            int run = Plan.PackInput ? unit % runs : unit / Plan.TilesPerRun, tile = Plan.PackInput ? unit / runs : unit % Plan.TilesPerRun;
            int tapRow = run / Plan.RunsPerRow, tapColumn = run % Plan.RunsPerRow, row = tile * Plan.TileHeight;
            var tap = ((nint)tapRow * Pass->Rows.OffsetStep * Plan.ViewWidth + (nint)tapColumn * Pass->Columns.OffsetStep) * step;
            operands.Left = (byte*)(view + tap + (Plan.PackInput ? tile * PackedTileSize : row));
            operands.Output = (byte*)(gradient + ((nint)run * Plan.RunLength + row) * outChannels);
            GemmTiles<TSimd, TVector, T>.Run(Math.Min(Plan.TileHeight, Plan.RunLength - row), vectors, &operands);
        }
    }
}
