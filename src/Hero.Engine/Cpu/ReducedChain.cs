using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// A chain of scalar operations and the reductions of what it makes, in steps, for those who go over it piece by piece: each block is reduced
/// while it is in the L1 cache. The same pieces joined in the same order give the same bits.
/// </summary>
internal sealed unsafe class ReducedChain
{
    private readonly ElementwiseProgram program;
    private readonly Target[] targets;

    public ReducedChain(Unit unit, Layout layout, MemoryPlan memory)
    {
        program = new ElementwiseProgram(unit, layout, memory);
        var (outer, length, inner) = ((ReduceOp)unit.Reductions[0].Op!).Split(unit.Reductions[0].Inputs[0].Shape);
        (Outer, Length, Inner) = ((nint)outer, (nint)length, (nint)inner);
        targets = [.. unit.Reductions.Select((node, i) => Of(node, program.ReducedOperands[i], memory))];
        foreach (var target in targets) AccumulatorBytes += Bytes(target);
    }

    /// <summary>What is reduced, seen as [outer, length, inner]: over the length.</summary>
    public nint Outer { get; }

    public nint Length { get; }

    public nint Inner { get; }

    /// <summary>Bytes of the accumulators of a piece.</summary>
    public nint AccumulatorBytes { get; }

    public void Begin(byte* accumulators)
    {
        foreach (ref readonly var target in targets.AsSpan())
        {
            target.Kernel.Begin(accumulators, Inner);
            accumulators += Bytes(target);
        }
    }

    /// <summary>Takes rows <paramref name="row"/> to row + <paramref name="rows"/> of an outer index into its accumulators.</summary>
    public void Run(void** slots, byte* accumulators, nint outer, nint row, nint rows)
    {
        var start = (outer * Length + row) * Inner;
        var sink = new Accumulators { Chain = this, First = accumulators, Start = start, Row = row };
        if (program.ReducedRows is { } loop)
        {
            var whole = rows / loop.Beside * loop.Beside;
            loop.Run(slots, start, whole, ref sink);
            (start, rows) = (start + whole * Inner, rows - whole);
        }
        program.Run(slots, start, rows * Inner, ref sink);
    }

    /// <summary>Takes in the accumulators of the rows that follow.</summary>
    public void Combine(byte* accumulators, byte* later)
    {
        foreach (ref readonly var target in targets.AsSpan())
        {
            target.Kernel.Combine(accumulators, later, Inner);
            accumulators += Bytes(target);
            later += Bytes(target);
        }
    }

    /// <summary>Writes the results of an outer index.</summary>
    public void Finish(void** slots, byte* accumulators, nint outer)
    {
        foreach (ref readonly var target in targets.AsSpan())
        {
            target.Kernel.Finish((byte*)slots[target.Slot] + outer * Inner * target.Kernel.ResultSize, accumulators, Inner, Length);
            accumulators += Bytes(target);
        }
    }

    private nint Bytes(in Target target) => (target.Kernel.AccumulatorSize * Inner + 63) & ~63;

    private static Target Of(Tensor node, int operand, MemoryPlan memory) =>
        new(ReduceKernel.Find(((ReduceOp)node.Op!).Function, node.DType), operand, memory.SlotOfBase(node));

    private readonly record struct Target(ReduceKernel Kernel, int Operand, int Slot);

    private struct Accumulators : IBlockSink, IRowSink
    {
        public ReducedChain Chain;
        public byte* First;
        public nint Start;
        public nint Row;

        public readonly void Take(byte** operands, nint start, nint count)
        {
            var (accumulators, inner) = ((nint)First, Chain.Inner);
            var row = Row + (start - Start) / inner;
            foreach (ref readonly var target in Chain.targets.AsSpan())
            {
                target.Kernel.Accumulate((void*)accumulators, operands[target.Operand], count / inner, inner, inner, row);
                accumulators += Chain.Bytes(target);
            }
        }

        // Only sums come as rows: which rows they are does not matter to them.
        public readonly void Take(int reduction, byte* partial, nint rows)
        {
            var (accumulators, inner) = ((nint)First, Chain.Inner);
            for (var i = 0; i < reduction; i++) accumulators += Chain.Bytes(Chain.targets[i]);
            Chain.targets[reduction].Kernel.Accumulate((void*)accumulators, partial, rows, inner, inner, 0);
        }
    }
}
