using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>One matrix product cut into items: block of rows x block of columns x chunk of the inner dimension.</summary>
internal unsafe struct GemmBody<TSimd, TVector, T, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    public GemmBlock<TSimd, TVector, T> Block;
    public GemmPlan Plan;

    /// <summary>Sums of the second chunk, the third ...; the first chunk's go to the output.</summary>
    public T* Partials;

    /// <summary>Tells products apart that keep columns; see <see cref="KeptColumns"/>.</summary>
    public long Product;

    public TEpilogue Epilogue;

    /// <summary>What the left operand is read through, if it is not in memory.</summary>
    public Intake Intake;

    /// <summary>Elements of the left operand that are made at a time: they stay in the second-level cache.</summary>
    private const int MadeElements = 64 * 1024;

    private const int MadeSlot = 5;

    /// <summary>Where the output begins in the output the epilogue knows.</summary>
    public nint OutputStart;

    /// <summary>Rows change fastest: neighbouring items, which are one thread's, share columns of the right operand and of what epilogues read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int rowBlock = item % Plan.RowBlocks, columnBlock = item / Plan.RowBlocks % Plan.ColumnBlocks, chunk = item / (Plan.ColumnBlocks * Plan.RowBlocks);
        var panels = GemmPlan.Up(Block.N, 2 * sizeof(TVector) / sizeof(T));
        int rowStart = GemmPlan.Cut(Block.M, Plan.RowBlocks, rowBlock), rowEnd = GemmPlan.Cut(Block.M, Plan.RowBlocks, rowBlock + 1);
        int panelStart = GemmPlan.Cut(panels, Plan.ColumnBlocks, columnBlock), panelEnd = GemmPlan.Cut(panels, Plan.ColumnBlocks, columnBlock + 1);
        if (Plan.KeepsColumns)
        {
            var block = Block;
            block.PackedB = Block.Kept(Product, panelStart, panelEnd);
            block.Narrow = true;
            block.ComingColumns = Block.TransposeB && rowBlock == Plan.RowBlocks - 1 ? (panelEnd - panelStart) * (2 * sizeof(TVector) / sizeof(T)) : 0;
            if (Intake.Exists) RunRows(block, rowStart, rowEnd, panelStart, panelEnd);
            else block.Run(Block.C, rowStart, rowEnd, panelStart, panelEnd, 0, Block.K, false, Epilogue, OutputStart);
            return;
        }
        if (Plan.DepthChunks == 1 && !Intake.Exists)
        {
            Block.Run(Block.C, rowStart, rowEnd, panelStart, panelEnd, 0, Block.K, false, Epilogue, OutputStart);
            return;
        }
        int depthStart = GemmPlan.Cut(Block.K, Plan.DepthChunks, chunk), depthEnd = GemmPlan.Cut(Block.K, Plan.DepthChunks, chunk + 1);
        var output = chunk == 0 ? Block.C : Partials + (nint)(chunk - 1) * Block.M * Block.N;
        if (Intake.Exists) RunDepth(output, rowStart, rowEnd, panelStart, panelEnd, depthStart, depthEnd);
        else Block.Run(output, rowStart, rowEnd, panelStart, panelEnd, depthStart, depthEnd, false, default(NoEpilogue), 0);
    }

    /// <summary>Rows of a left operand that is made as it is read.</summary>
    private readonly void RunRows(GemmBlock<TSimd, TVector, T> block, int rowStart, int rowEnd, int panelStart, int panelEnd)
    {
        var step = Math.Max(1, MadeElements / Block.K / TSimd.MaxRows) * TSimd.MaxRows;
        var made = (T*)Scratch.Get(MadeSlot, (nint)step * Block.K * sizeof(T));
        block.LeftIsNear = true;
        for (var row = rowStart; row < rowEnd; row += step)
        {
            var end = Math.Min(row + step, rowEnd);
            Intake.Make((nint)row * Block.K, (nint)(end - row) * Block.K, made);
            block.A = made - (nint)row * Block.K;
            block.Run(Block.C, row, end, panelStart, panelEnd, 0, Block.K, false, Epilogue, OutputStart);
        }
    }

    /// <summary>A chunk of the inner dimension of a transposed left operand that is made as it is read.</summary>
    private readonly void RunDepth(T* output, int rowStart, int rowEnd, int panelStart, int panelEnd, int depthStart, int depthEnd)
    {
        var block = Block;
        var step = Math.Clamp(MadeElements / Block.M, 64, 256);
        var made = (T*)Scratch.Get(MadeSlot, (nint)step * Block.M * sizeof(T));
        block.LeftIsNear = true;
        for (var from = depthStart; from < depthEnd; from += step)
        {
            var end = Math.Min(from + step, depthEnd);
            Intake.Make((nint)from * Block.M, (nint)(end - from) * Block.M, made);
            block.A = made - (nint)from * Block.M;
            block.Run(output, rowStart, rowEnd, panelStart, panelEnd, from, end, from > depthStart, default(NoEpilogue), 0);
        }
    }
}
