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
        int tiles = tileEnd - tileStart, height = Plan.Height, n = Operands->N;
        var left = Left(tileStart, tileEnd, from, to, out var tileStep);
        var rowStep = (nint)n * sizeof(float);
        var blocks = stackalloc TileBlock[tiles];
        for (var tile = 0; tile < tiles; tile++) blocks[tile] = new(tile * tileStep, tile * height * rowStep);
        nint segment = 0;
        var call = new TileCall
        {
            Left = left, Blocks = blocks, Segments = &segment, SegmentCount = 1, StepsPerSegment = to - from,
            LeftRowStep = TileUnit.DepthStep * sizeof(ushort), LeftDepthStep = BFloat16Packing.LeftStep * sizeof(ushort),
            OutputRowStep = rowStep, Accumulate = accumulate ? 1 : 0,
        };
        var lastRows = Operands->M - (tileEnd - 1) * height;
        var whole = lastRows >= height ? tiles : tiles - 1;
        for (var panel = panelStart; panel < panelEnd; panel++)
        {
            call.Right = (byte*)Right(panel, from, to);
            call.Output = (byte*)(output + (nint)tileStart * height * n + panel * TileUnit.Columns);
            var columns = Math.Min(TileUnit.Columns, n - panel * TileUnit.Columns);
            call.Blocks = blocks;
            call.BlockCount = whole;
            if (whole > 0) TileUnit.Run(&call, height, columns, TileUnit.DepthStep);
            if (whole == tiles) continue;
            call.Blocks = blocks + whole;
            call.BlockCount = 1;
            TileUnit.Run(&call, lastRows, columns, TileUnit.DepthStep);
        }
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

    private readonly ushort* Right(int panel, int from, int to)
    {
        if (Operands->PackedB != null) return Operands->PackedB + ((nint)panel * Operands->Steps + from) * BFloat16Packing.RightStep;
        var packed = (ushort*)Scratch.Get(2, (nint)(to - from) * BFloat16Packing.RightStep * sizeof(ushort));
        Operands->Right(panel, panel + 1, from, to, packed, 0);
        return packed;
    }

    private readonly void Finish(int rowStart, int rowEnd, int columnStart, int columnEnd)
    {
        if (typeof(TEpilogue) == typeof(NoEpilogue)) return;
        var n = Operands->N;
        if (columnEnd - columnStart == n)
        {
            Epilogue.Apply(OutputStart + (nint)rowStart * n, (nint)(rowEnd - rowStart) * n);
            return;
        }
        for (var row = rowStart; row < rowEnd; row++) Epilogue.Apply(OutputStart + (nint)row * n + columnStart, columnEnd - columnStart);
    }
}
