using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>The reductions of what a chain of scalar operations makes, over rows: each block is reduced while it is in the L1 cache.</summary>
internal sealed unsafe class ChainSums : IRowSums
{
    private readonly ElementwiseProgram program;
    private readonly Target[] targets;

    public ChainSums(Unit unit, ElementwiseProgram program, MemoryPlan memory)
    {
        this.program = program;
        Inner = checked((nint)((ReduceOp)unit.Reductions[0].Op!).Split(unit.Reductions[0].Inputs[0].Shape).Inner);
        targets = [.. unit.Reductions.Select((node, i) => new Target(ReduceKernel.Find(((ReduceOp)node.Op!).Function, node.DType), program.ReducedOperands[i], memory.SlotOfBase(node)))];
        PieceBytes = (nint)targets.Sum(target => Bytes(target));
    }

    /// <summary>Elements of a row.</summary>
    public nint Inner { get; }

    public nint PieceBytes { get; }

    public void Begin(byte* accumulators)
    {
        foreach (ref readonly var target in targets.AsSpan())
        {
            target.Kernel.Begin(accumulators, Inner);
            accumulators += Bytes(target);
        }
    }

    public void Take(void** slots, byte* accumulators, nint origin, nint row, nint rows)
    {
        var start = origin + row * Inner;
        var sink = new Accumulators { Sums = this, First = accumulators, Start = start, Row = row };
        if (program.ReducedRows is { } loop)
        {
            var whole = rows / loop.Beside * loop.Beside;
            loop.Run(slots, start, whole, ref sink);
            (start, rows) = (start + whole * Inner, rows - whole);
        }
        program.Run(slots, start, rows * Inner, ref sink);
    }

    public void Finish(void** slots, byte* accumulators, nint pieces, nint outer, nint rows)
    {
        foreach (ref readonly var target in targets.AsSpan())
        {
            for (nint piece = 1; piece < pieces; piece++) target.Kernel.Combine(accumulators, accumulators + piece * PieceBytes, Inner);
            target.Kernel.Finish((byte*)slots[target.Slot] + outer * Inner * target.Kernel.ResultSize, accumulators, Inner, rows);
            accumulators += Bytes(target);
        }
    }

    private nint Bytes(in Target target) => (target.Kernel.AccumulatorSize * Inner + 63) & ~63;

    private readonly record struct Target(ReduceKernel Kernel, int Operand, int Slot);

    private struct Accumulators : IBlockSink, IRowSink
    {
        public ChainSums Sums;
        public byte* First;
        public nint Start;
        public nint Row;

        public readonly void Take(byte** operands, nint start, nint count)
        {
            var accumulators = First;
            var row = Row + (start - Start) / Sums.Inner;
            foreach (ref readonly var target in Sums.targets.AsSpan())
            {
                target.Kernel.Accumulate(accumulators, operands[target.Operand], count / Sums.Inner, Sums.Inner, Sums.Inner, row);
                accumulators += Sums.Bytes(target);
            }
        }

        // Only sums come as rows: which rows they are does not matter to them.
        public readonly void Take(int reduction, byte* partial, nint rows)
        {
            var accumulators = First;
            for (var i = 0; i < reduction; i++) accumulators += Sums.Bytes(Sums.targets[i]);
            Sums.targets[reduction].Kernel.Accumulate(accumulators, partial, rows, Sums.Inner, Sums.Inner, 0);
        }
    }
}
