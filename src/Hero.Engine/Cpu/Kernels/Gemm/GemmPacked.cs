using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Large products, both operands packed. Of the right one each thread keeps as many columns as stay in its second-level cache while the left one passes by, a
/// strip after the other. Nearly all that comes from afar, and most packing, is done by <see cref="TileStream"/>s of the tiles before. A long inner dimension is gone
/// through in ranges.
/// </summary>
internal unsafe struct GemmPacked<TSimd, TVector, T, TLeft, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, INumber<T>
    where TLeft : struct, ILeftStrips<T>
    where TEpilogue : struct, IEpilogue
{
    private const int CacheLine = 64;

    /// <summary>Rows of the right operand that are on their way at a time.</summary>
    private const int RowsAhead = 48;

    /// <summary>A tile's output, and rows of the left operand by twos.</summary>
    private const int MaxStreams = 1 + 8;

    private GemmBlock<TSimd, TVector, T> block;
    private TLeft left;
    private GemmPlan plan;
    private int from, to, firstRow;
    private long product;
    private TEpilogue epilogue;
    private nint outputStart;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    private static int PanelWidth => 2 * sizeof(TVector) / sizeof(T);

    private readonly int Depth => GemmTile.PackedDepth(to - from);

    /// <summary>Rows of the output from <paramref name="firstRow"/> on, as many as <paramref name="left"/> has, over a range of the inner dimension.</summary>
    public static void Run(in GemmBlock<TSimd, TVector, T> block, in TLeft left, int firstRow, int rows, int from, int to, in TEpilogue epilogue, nint outputStart)
    {
        var body = new GemmPacked<TSimd, TVector, T, TLeft, TEpilogue>
        {
            block = block, left = left, plan = GemmPlan.OfPacked(rows, block.N, to - from, left.Count, PanelWidth, sizeof(T)),
            from = from, to = to, firstRow = firstRow, product = KeptColumns.NextProduct(), epilogue = epilogue, outputStart = outputStart,
        };
        WorkerTeam.Default.For(body.plan.Items, ref body);
    }

    /// <summary>Rows change fastest: neighbouring items, which are one thread's, share columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int rowBlock = item % plan.RowBlocks, columnBlock = item / plan.RowBlocks, panels = GemmPlan.Up(block.N, PanelWidth);
        int firstPanel = GemmPlan.Cut(panels, plan.ColumnBlocks, columnBlock), endPanel = GemmPlan.Cut(panels, plan.ColumnBlocks, columnBlock + 1);
        int strip = GemmPlan.Cut(left.Count, plan.RowBlocks, rowBlock), endStrip = GemmPlan.Cut(left.Count, plan.RowBlocks, rowBlock + 1);
        var right = (T*)Scratch.Get(2, (nint)(endPanel - firstPanel) * Depth * PanelWidth * sizeof(T)) - (nint)firstPanel * Depth * PanelWidth;
        if (KeptColumns.Has(product, firstPanel)) RunAcross(strip, endStrip, firstPanel, endPanel, right);
        else RunDown(strip, endStrip, firstPanel, endPanel, right);
    }

    /// <summary>Columns that are packed already: a strip after the other, the next one coming.</summary>
    private readonly void RunAcross(int strip, int endStrip, int firstPanel, int endPanel, T* right)
    {
        const int places = 2;
        var streams = stackalloc TileStream[MaxStreams];
        var operands = new PackedOperands { Depth = Depth, OutputStep = block.StepC * sizeof(T), Accumulate = from > 0, Streams = streams };
        if (!KeptStrip.Has(product, strip)) left.Complete(strip, places, 0);
        for (; strip < endStrip; strip++)
        {
            var done = 0;
            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                var room = SetOutput(&operands, strip, panel);
                if (strip + 1 < left.Count) operands.StreamCount += left.AddStreams(strip + 1, places, panel - firstPanel, endPanel - firstPanel, room, streams + 1, ref done);
                RunTile(&operands, left.Data(strip, places), strip, panel, right);
            }
            if (strip + 1 < left.Count) left.Complete(strip + 1, places, done);
            Finish(strip, strip + 1, firstPanel, endPanel);
        }
        KeptStrip.Keep(product, strip);
    }

    /// <summary>Columns that are packed now: a panel after the other down a few strips, the next one coming.</summary>
    private readonly void RunDown(int firstStrip, int endStrip, int firstPanel, int endPanel, T* right)
    {
        var places = endStrip - firstStrip;
        var streams = stackalloc TileStream[MaxStreams];
        var operands = new PackedOperands { Depth = Depth, OutputStep = block.StepC * sizeof(T), Accumulate = from > 0, Streams = streams };
        KeptStrip.Keep(product, -1);
        for (var strip = firstStrip; strip < endStrip; strip++) left.Complete(strip, places, 0);
        var done = 0;
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            Pack(panel, done, right);
            done = 0;
            for (var strip = firstStrip; strip < endStrip; strip++)
            {
                var room = SetOutput(&operands, strip, panel);
                if (panel + 1 < endPanel) operands.StreamCount += AddStreams(panel + 1, strip - firstStrip, places, room, right, streams + 1, ref done);
                RunTile(&operands, left.Data(strip, places), strip, panel, right);
            }
        }
        Finish(firstStrip, endStrip, firstPanel, endPanel);
    }

    /// <summary>Sets what tells of a tile's output, which the first stream brings near; returns the room for others.</summary>
    private readonly int SetOutput(PackedOperands* operands, int strip, int panel)
    {
        int row = firstRow + left.Row(strip), rows = firstRow + left.Row(strip + 1) - row, columns = Math.Min(block.N - panel * PanelWidth, PanelWidth);
        operands->Output = (byte*)(block.C + row * block.StepC + panel * PanelWidth);
        operands->LastColumns = columns > Lanes ? columns - Lanes : columns;
        operands->Streams[0] = new TileStream
        {
            Count = rows, Source = operands->Output, SourceSecond = columns > Lanes ? sizeof(TVector) : 0, SourceStep = operands->OutputStep,
        };
        operands->StreamCount = 1;
        return Depth / GemmTile.PackedSteps - rows;
    }

    private readonly void RunTile(PackedOperands* operands, T* strip, int index, int panel, T* right)
    {
        operands->Left = (byte*)strip;
        operands->Right = (byte*)(right + (nint)panel * Depth * PanelWidth);
        GemmTiles<TSimd, TVector, T>.RunPacked<TLeft>(left.Row(index + 1) - left.Row(index), block.N - panel * PanelWidth > Lanes ? 2 : 1, operands);
    }

    private readonly void Finish(int strip, int endStrip, int firstPanel, int endPanel)
    {
        if (typeof(TEpilogue) == typeof(NoEpilogue) || to < block.K) return;
        int start = firstPanel * PanelWidth, row = firstRow + left.Row(strip);
        epilogue.ApplyRows(outputStart + row * block.StepC + start, Math.Min(block.N, endPanel * PanelWidth) - start, firstRow + left.Row(endStrip) - row, block.StepC);
    }

    /// <summary>
    /// Adds a stream that copies rows of a panel of the right operand, or brings its columns near where they are to be transposed: for a tile of so many above each other.
    /// </summary>
    private readonly int AddStreams(int panel, int tile, int tiles, int room, T* right, TileStream* streams, ref int done)
    {
        nint step = block.StepB * sizeof(T);
        var column = panel * PanelWidth;
        if (block.TransposeB)
        {
            var pairs = GemmPlan.Cut(Math.Min(block.N - column, PanelWidth), tiles, tile);
            *streams = new TileStream { Count = room, Source = (byte*)(block.B + (column + pairs) * block.StepB + from), SourceSecond = CacheLine, SourceStep = 2 * CacheLine };
            return 1;
        }
        var count = Math.Min(GemmPlan.Cut(to - from, tiles, tile + 1) - done, room);
        if (count <= 0 || column + PanelWidth > block.N) return 0;
        *streams = new TileStream
        {
            Count = count, Source = (byte*)(block.B + (from + done) * block.StepB + column), SourceSecond = sizeof(TVector), SourceStep = step,
            Target = (byte*)(right + ((nint)panel * Depth + done) * PanelWidth), TargetSecond = sizeof(TVector), TargetStep = 2 * sizeof(TVector), Distance = RowsAhead * step,
        };
        done += count;
        return 1;
    }

    /// <summary>Packs a panel but for the rows that streams have <paramref name="done"/>.</summary>
    private readonly void Pack(int panel, int done, T* right)
    {
        int depth = to - from, width = GemmPacking<TSimd, TVector, T>.Width(block.N, panel);
        var target = right + (nint)panel * Depth * PanelWidth;
        var source = block.B + (block.TransposeB ? from + done : (from + done) * block.StepB);
        if (done < depth) GemmPacking<TSimd, TVector, T>.Panel(source, block.StepB, depth - done, block.N, block.TransposeB, panel, target + (nint)done * width);
        new Span<T>(target + (nint)depth * width, (Depth - depth) * width).Clear();
    }
}
