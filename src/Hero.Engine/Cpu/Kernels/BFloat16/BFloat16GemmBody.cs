using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>One product of bfloat16 matrices cut into items: block of rows x block of columns x chunk of the inner dimension.</summary>
internal unsafe struct BFloat16GemmBody<T, TEpilogue> : IParallelBody where T : unmanaged where TEpilogue : struct, IEpilogue
{
    private const int OutputSlot = 6;

    public BFloat16Operands<T>* Operands;

    /// <summary>Null where only the epilogue sees the product: each item then has it in memory of its own.</summary>
    public float* C;
    public BFloat16GemmPlan Plan;

    /// <summary>Sums of the second chunk, the third ...; the first chunk's go to <see cref="C"/>.</summary>
    public float* Partials;

    public TEpilogue Epilogue;

    /// <summary>Where <see cref="C"/> begins in the output the epilogue knows.</summary>
    public nint OutputStart;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        var columnBlock = item % Plan.ColumnBlocks;
        var rowBlock = item / Plan.ColumnBlocks % Plan.RowBlocks;
        var chunk = item / (Plan.ColumnBlocks * Plan.RowBlocks);
        int tileStart = GemmPlan.Cut(Operands->Tiles, Plan.RowBlocks, rowBlock), tileEnd = GemmPlan.Cut(Operands->Tiles, Plan.RowBlocks, rowBlock + 1);
        int panelStart = GemmPlan.Cut(Operands->Panels, Plan.ColumnBlocks, columnBlock), panelEnd = GemmPlan.Cut(Operands->Panels, Plan.ColumnBlocks, columnBlock + 1);
        int stepStart = GemmPlan.Cut(Operands->Steps, Plan.DepthChunks, chunk), stepEnd = GemmPlan.Cut(Operands->Steps, Plan.DepthChunks, chunk + 1);
        int row = tileStart * Plan.Height, rows = Math.Min(Operands->M, tileEnd * Plan.Height) - row;
        int column = panelStart * TileUnit.Columns, columns = Math.Min(Operands->N, panelEnd * TileUnit.Columns) - column;
        nint n = Operands->N, start = row * n + column, step = C == null ? columns : n;
        var output = C == null ? (float*)Scratch.Get(OutputSlot, (nint)rows * columns * sizeof(float)) : start + (chunk == 0 ? C : Partials + (chunk - 1) * Operands->M * n);
        for (var from = stepStart; from < stepEnd; from += Plan.Steps)
        {
            var to = Math.Min(stepEnd, from + Plan.Steps);
            var left = Left(tileStart, tileEnd, from, to, out var tileStep);
            var right = Right(panelStart, panelEnd, from, to, out var panelStep);
            var block = new BFloat16Block { Rows = rows, Columns = columns, Height = Plan.Height, Steps = to - from, TileStep = tileStep, PanelStep = panelStep };
            block.Multiply(left, right, output, step, accumulate: from > stepStart);
        }
        if (Plan.DepthChunks > 1) return;
        if (C == null) Epilogue.ApplyRows(output, step, OutputStart + start, columns, rows, n);
        else Epilogue.ApplyRows(OutputStart + start, columns, rows, n);
    }

    /// <summary>Tiles of the left operand for some steps of depth, and the bytes from one to the next.</summary>
    private readonly byte* Left(int tileStart, int tileEnd, int from, int to, out nint tileStep)
    {
        if (Operands->PackedA != null)
        {
            tileStep = (nint)Operands->Steps * BFloat16Packing.LeftStep * sizeof(ushort);
            return (byte*)Operands->PackedA + tileStart * tileStep + (nint)from * BFloat16Packing.LeftStep * sizeof(ushort);
        }
        tileStep = (nint)(to - from) * BFloat16Packing.LeftStep * sizeof(ushort);
        var packed = Scratch.Get(1, (tileEnd - tileStart) * tileStep);
        Operands->Left(tileStart, tileEnd, from, to, (ushort*)packed, (nint)(to - from) * BFloat16Packing.LeftStep);
        return packed;
    }

    /// <summary>Panels of the right operand for some steps of depth, and the bytes from one to the next.</summary>
    private readonly byte* Right(int panelStart, int panelEnd, int from, int to, out nint panelStep)
    {
        if (Operands->PackedB != null)
        {
            panelStep = (nint)Operands->Steps * BFloat16Packing.RightStep * sizeof(ushort);
            return (byte*)Operands->PackedB + panelStart * panelStep + (nint)from * BFloat16Packing.RightStep * sizeof(ushort);
        }
        panelStep = (nint)(to - from) * BFloat16Packing.RightStep * sizeof(ushort);
        var packed = Scratch.Get(2, (panelEnd - panelStart) * panelStep);
        Operands->Right(panelStart, panelEnd, from, to, (ushort*)packed, (nint)(to - from) * BFloat16Packing.RightStep);
        return packed;
    }
}
