using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>One product of bfloat16 matrices cut into items: block of rows x block of columns x chunk of the inner dimension.</summary>
internal unsafe struct BFloat16GemmBody<T, TEpilogue> : IParallelBody where T : unmanaged where TEpilogue : struct, IEpilogue
{
    public BFloat16Operands<T>* Operands;
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
        var output = chunk == 0 ? C : Partials + (nint)(chunk - 1) * Operands->M * Operands->N;
        for (var from = stepStart; from < stepEnd; from += Plan.Steps)
        {
            Multiply(output, tileStart, tileEnd, panelStart, panelEnd, from, Math.Min(stepEnd, from + Plan.Steps), accumulate: from > stepStart);
        }
        if (Plan.DepthChunks == 1)
            Finish(tileStart * Plan.Height, Math.Min(Operands->M, tileEnd * Plan.Height), panelStart * TileUnit.Columns, Math.Min(Operands->N, panelEnd * TileUnit.Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Multiply(float* output, int tileStart, int tileEnd, int panelStart, int panelEnd, int from, int to, bool accumulate)
    {
        var left = Left(tileStart, tileEnd, from, to, out var tileStep);
        var right = Right(panelStart, panelEnd, from, to, out var panelStep);
        int row = tileStart * Plan.Height, column = panelStart * TileUnit.Columns;
        new BFloat16Block
        {
            Rows = Math.Min(Operands->M, tileEnd * Plan.Height) - row, Columns = Math.Min(Operands->N, panelEnd * TileUnit.Columns) - column,
            Height = Plan.Height, Steps = to - from, TileStep = tileStep, PanelStep = panelStep,
        }.Multiply(left, right, output + (nint)row * Operands->N + column, Operands->N, accumulate);
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

    private readonly void Finish(int rowStart, int rowEnd, int columnStart, int columnEnd)
    {
        if (typeof(TEpilogue) == typeof(NoEpilogue)) return;
        var n = Operands->N;
        Epilogue.ApplyRows(OutputStart + (nint)rowStart * n + columnStart, columnEnd - columnStart, rowEnd - rowStart, n);
    }
}
