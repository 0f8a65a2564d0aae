using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>One product of bfloat16 matrices cut into items: block of rows x block of columns x chunk of the inner dimension.</summary>
internal unsafe struct BFloat16GemmBody<T, TEpilogue> : IParallelBody where T : unmanaged where TEpilogue : struct, IEpilogue
{
    private const int LeftSlot = 1, RightSlot = 2, OutputSlot = 6, RemainderSlot = 7;

    public BFloat16Operands<T>* Operands;

    /// <summary>What rounding the same operands leaves over, for products in three parts; null for one.</summary>
    public BFloat16Operands<Remainder>* Remainders;

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
            var left = Left(Operands, LeftSlot, tileStart, tileEnd, from, to, out var tileStep);
            var right = Right(Operands, RightSlot, panelStart, panelEnd, from, to, out var panelStep);
            var block = new BFloat16Block { Rows = rows, Columns = columns, Height = Plan.Height, Steps = to - from, TileStep = tileStep, PanelStep = panelStep };
            if (Remainders != null)
            {
                // The small terms first. That of two remainders is as small as what they do not hold.
                block.Multiply(Left(Remainders, RemainderSlot, tileStart, tileEnd, from, to, out _), right, output, step, accumulate: from > stepStart);
                block.Multiply(left, Right(Remainders, RemainderSlot, panelStart, panelEnd, from, to, out _), output, step, accumulate: true);
            }
            block.Multiply(left, right, output, step, accumulate: from > stepStart || Remainders != null);
        }
        if (Plan.DepthChunks > 1) return;
        if (C == null) Epilogue.ApplyRows(output, step, OutputStart + start, columns, rows, n);
        else Epilogue.ApplyRows(OutputStart + start, columns, rows, n);
    }

    /// <summary>Tiles of the left operand for some steps of depth, and the bytes from one to the next.</summary>
    private static byte* Left<TPart>(BFloat16Operands<TPart>* operands, int slot, int tileStart, int tileEnd, int from, int to, out nint tileStep) where TPart : unmanaged
    {
        if (operands->PackedA != null)
        {
            tileStep = (nint)operands->Steps * BFloat16Packing.LeftStep * sizeof(ushort);
            return (byte*)operands->PackedA + tileStart * tileStep + (nint)from * BFloat16Packing.LeftStep * sizeof(ushort);
        }
        tileStep = (nint)(to - from) * BFloat16Packing.LeftStep * sizeof(ushort);
        var packed = Scratch.Get(slot, (tileEnd - tileStart) * tileStep);
        operands->Left(tileStart, tileEnd, from, to, (ushort*)packed, (nint)(to - from) * BFloat16Packing.LeftStep);
        return packed;
    }

    /// <summary>Panels of the right operand for some steps of depth, and the bytes from one to the next.</summary>
    private static byte* Right<TPart>(BFloat16Operands<TPart>* operands, int slot, int panelStart, int panelEnd, int from, int to, out nint panelStep) where TPart : unmanaged
    {
        if (operands->PackedB != null)
        {
            panelStep = (nint)operands->Steps * BFloat16Packing.RightStep * sizeof(ushort);
            return (byte*)operands->PackedB + panelStart * panelStep + (nint)from * BFloat16Packing.RightStep * sizeof(ushort);
        }
        panelStep = (nint)(to - from) * BFloat16Packing.RightStep * sizeof(ushort);
        var packed = Scratch.Get(slot, (panelEnd - panelStart) * panelStep);
        operands->Right(panelStart, panelEnd, from, to, (ushort*)packed, (nint)(to - from) * BFloat16Packing.RightStep);
        return packed;
    }
}
