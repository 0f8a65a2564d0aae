using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Large products with a transposed left operand, both operands packed: the left one by the team, of the right one each thread keeps as many columns as stay in
/// its second-level cache while the left one passes by, a strip after the other. A long inner dimension is gone through in ranges, and so is a tall left operand.
/// </summary>
internal unsafe struct GemmPacked<TSimd, TVector, T, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    /// <summary>The most rows that are packed together.</summary>
    private const int MaxRows = 4096;

    private const int CacheLine = 64;

    private GemmBlock<TSimd, TVector, T> block;
    private GemmStrips<TSimd, TVector, T> left;
    private GemmPlan plan;
    private int from, to, firstRow;
    private long product;
    private TEpilogue epilogue;
    private nint outputStart;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    private static int PanelWidth => 2 * sizeof(TVector) / sizeof(T);

    /// <summary>The whole product the block tells of.</summary>
    public static void Run(in GemmBlock<TSimd, TVector, T> block, in TEpilogue epilogue, nint outputStart)
    {
        int parts = GemmPlan.Up(block.M, MaxRows), ranges = GemmPlan.Up(block.K, GemmPlan.PackedDepth);
        for (var part = 0; part < parts; part++)
        {
            int row = GemmPlan.Cut(block.M, parts, part), rows = GemmPlan.Cut(block.M, parts, part + 1) - row;
            for (var range = 0; range < ranges; range++)
            {
                int from = GemmPlan.Cut(block.K, ranges, range), to = GemmPlan.Cut(block.K, ranges, range + 1);
                var left = GemmStrips<TSimd, TVector, T>.Transposed(block.A + from * block.StepA + row, block.StepA, rows, to - from);
                var body = new GemmPacked<TSimd, TVector, T, TEpilogue>
                {
                    block = block, left = left, plan = GemmPlan.OfPacked(rows, block.N, to - from, left.Count, PanelWidth, sizeof(T)),
                    from = from, to = to, firstRow = row, product = KeptColumns.NextProduct(), epilogue = epilogue, outputStart = outputStart,
                };
                WorkerTeam.Default.For(body.plan.Items, ref body);
            }
        }
    }

    /// <summary>Rows change fastest: neighbouring items, which are one thread's, share columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int rowBlock = item % plan.RowBlocks, columnBlock = item / plan.RowBlocks, panels = GemmPlan.Up(block.N, PanelWidth);
        int firstPanel = GemmPlan.Cut(panels, plan.ColumnBlocks, columnBlock), endPanel = GemmPlan.Cut(panels, plan.ColumnBlocks, columnBlock + 1);
        int strip = GemmPlan.Cut(left.Count, plan.RowBlocks, rowBlock), endStrip = GemmPlan.Cut(left.Count, plan.RowBlocks, rowBlock + 1);
        nint depth = GemmTile.PackedDepth(to - from);
        var right = Right(firstPanel, endPanel, depth);
        var operands = new TileOperands { SegmentLength = (int)depth, OutputStep = block.StepC * sizeof(T), Accumulate = from > 0 };
        for (; strip < endStrip; strip++)
        {
            int row = firstRow + left.Row(strip), rows = firstRow + left.Row(strip + 1) - row;
            operands.Left = (byte*)left.Data(strip);

            // The next strip comes near evenly while this one is computed.
            operands.Ahead = (byte*)left.Data(Math.Min(strip + 1, left.Count - 1));
            operands.AheadStep = Math.Min(CacheLine, GemmTile.PackedSteps * rows * sizeof(T) / (endPanel - firstPanel));
            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                int column = panel * PanelWidth, columns = Math.Min(block.N - column, PanelWidth), vectors = columns > Lanes ? 2 : 1;
                operands.Right = (byte*)(right + (panel - firstPanel) * depth * PanelWidth);
                operands.Output = (byte*)(block.C + row * block.StepC + column);
                operands.LastColumns = columns - (vectors - 1) * Lanes;
                GemmTiles<TSimd, TVector, T>.RunPacked(rows, vectors, &operands);
                operands.Ahead += operands.AheadStep * (depth / GemmTile.PackedSteps);
            }
            if (typeof(TEpilogue) == typeof(NoEpilogue) || to < block.K) continue;
            var start = firstPanel * PanelWidth;
            epilogue.ApplyRows(outputStart + row * block.StepC + start, Math.Min(block.N, endPanel * PanelWidth) - start, rows, block.StepC);
        }
    }

    /// <summary>Panels of the right operand, packed by this thread now or for an item before.</summary>
    private readonly T* Right(int firstPanel, int endPanel, nint depth)
    {
        var packed = (T*)Scratch.Get(2, (endPanel - firstPanel) * depth * PanelWidth * sizeof(T));
        if (KeptColumns.Has(product, firstPanel)) return packed;
        var source = block.TransposeB ? block.B + from : block.B + from * block.StepB;
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            T* target = packed + (panel - firstPanel) * depth * PanelWidth;
            var width = GemmPacking<TSimd, TVector, T>.Width(block.N, panel);
            GemmPacking<TSimd, TVector, T>.Panel(source, block.StepB, to - from, block.N, block.TransposeB, panel, target);
            new Span<T>(target + (nint)(to - from) * width, (int)(depth - (to - from)) * width).Clear();
        }
        return packed;
    }
}
