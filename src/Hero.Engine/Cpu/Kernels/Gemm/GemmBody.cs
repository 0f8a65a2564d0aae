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
            block.Run(Block.C, rowStart, rowEnd, panelStart, panelEnd, 0, Block.K, false, Epilogue, OutputStart);
            return;
        }
        if (Plan.DepthChunks == 1)
        {
            Block.Run(Block.C, rowStart, rowEnd, panelStart, panelEnd, 0, Block.K, false, Epilogue, OutputStart);
            return;
        }
        int depthStart = GemmPlan.Cut(Block.K, Plan.DepthChunks, chunk), depthEnd = GemmPlan.Cut(Block.K, Plan.DepthChunks, chunk + 1);
        var output = chunk == 0 ? Block.C : Partials + (nint)(chunk - 1) * Block.M * Block.N;
        Block.Run(output, rowStart, rowEnd, panelStart, panelEnd, depthStart, depthEnd, false, default(NoEpilogue), 0);
    }
}
