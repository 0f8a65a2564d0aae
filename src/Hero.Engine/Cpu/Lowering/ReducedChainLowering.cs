using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>
/// A chain of scalar operations and the reductions of what it makes, in one pass over memory: each block is reduced while it is in
/// the L1 cache. Cut by shape, and parts joined in their order: the same bits for every number of threads.
/// </summary>
internal static unsafe class ReducedChainLowering
{
    private const nint PieceElements = 16384;
    private const nint MostPieces = 64;
    private const int PartialSlot = 3;

    public static Kernel Lower(Unit unit, ElementwiseProgram program, MemoryPlan memory)
    {
        var first = unit.Reductions[0];
        var (outer, length, inner) = ((ReduceOp)first.Op!).Split(first.Inputs[0].Shape);
        var pieces = Math.Clamp(length * inner / PieceElements, 1, MostPieces);
        var plan = new Plan(program, [.. unit.Reductions.Select((node, i) => Of(node, program.ReducedOperands[i], memory))], (nint)length, (nint)inner, (nint)((length + pieces - 1) / pieces));
        var pieceCount = (length + plan.PieceRows - 1) / plan.PieceRows;
        var accumulatorBytes = plan.Targets.Sum(target => Aligned(target.Kernel.AccumulatorSize * plan.Inner));
        return slots =>
        {
            var work = new Work { Plan = plan, Slots = slots, Pieces = (nint)pieceCount, AccumulatorBytes = (nint)accumulatorBytes };
            work.Partial = Scratch.Get(PartialSlot, (nint)(outer * pieceCount * accumulatorBytes));
            WorkerTeam.Default.For((int)(outer * pieceCount), ref work);
            for (nint o = 0; o < outer; o++) work.Join(o);
        };
    }

    private static nint Aligned(nint bytes) => (bytes + 63) & ~63;

    private static Target Of(Tensor node, int operand, MemoryPlan memory) =>
        new(ReduceKernel.Find(((ReduceOp)node.Op!).Function, node.DType), operand, memory.SlotOfBase(node), DTypes.Size(node.DType));

    private sealed record Plan(ElementwiseProgram Program, Target[] Targets, nint Length, nint Inner, nint PieceRows);

    private readonly record struct Target(ReduceKernel Kernel, int Operand, int Slot, int Size);

    private struct Work : IParallelBody
    {
        public Plan Plan;
        public void** Slots;
        public byte* Partial;
        public nint Pieces;
        public nint AccumulatorBytes;

        public readonly void Run(int item)
        {
            var row = item % Pieces * Plan.PieceRows;
            var rows = Math.Min(Plan.PieceRows, Plan.Length - row);
            var start = (item / Pieces * Plan.Length + row) * Plan.Inner;
            var sink = new Accumulators { Plan = Plan, First = Partial + item * AccumulatorBytes, Start = start, Row = row };
            var accumulators = sink.First;
            foreach (ref readonly var target in Plan.Targets.AsSpan())
            {
                target.Kernel.Begin(accumulators, Plan.Inner);
                accumulators += Aligned(target.Kernel.AccumulatorSize * Plan.Inner);
            }
            if (Plan.Program.ReducedRows is { } loop)
            {
                var whole = rows / loop.Beside * loop.Beside;
                loop.Run(Slots, start, whole, ref sink);
                (start, rows) = (start + whole * Plan.Inner, rows - whole);
            }
            Plan.Program.Run(Slots, start, rows * Plan.Inner, ref sink);
        }

        /// <summary>Takes the later pieces of an outer index into the first one and writes the results.</summary>
        public readonly void Join(nint outer)
        {
            var accumulators = Partial + outer * Pieces * AccumulatorBytes;
            foreach (ref readonly var target in Plan.Targets.AsSpan())
            {
                for (nint piece = 1; piece < Pieces; piece++) target.Kernel.Combine(accumulators, accumulators + piece * AccumulatorBytes, Plan.Inner);
                target.Kernel.Finish((byte*)Slots[target.Slot] + outer * Plan.Inner * target.Kernel.ResultSize, accumulators, Plan.Inner, Plan.Length);
                accumulators += Aligned(target.Kernel.AccumulatorSize * Plan.Inner);
            }
        }
    }

    private struct Accumulators : IBlockSink, IRowSink
    {
        public Plan Plan;
        public byte* First;
        public nint Start;
        public nint Row;

        public readonly void Take(byte** operands, nint start, nint count)
        {
            var accumulators = First;
            var row = Row + (start - Start) / Plan.Inner;
            foreach (ref readonly var target in Plan.Targets.AsSpan())
            {
                target.Kernel.Accumulate(accumulators, operands[target.Operand], count / Plan.Inner, Plan.Inner, Plan.Inner, row);
                accumulators += Aligned(target.Kernel.AccumulatorSize * Plan.Inner);
            }
        }

        // Only sums come as rows: which rows they are does not matter to them.
        public readonly void Take(int reduction, byte* partial, nint rows)
        {
            var accumulators = First;
            for (var i = 0; i < reduction; i++) accumulators += Aligned(Plan.Targets[i].Kernel.AccumulatorSize * Plan.Inner);
            Plan.Targets[reduction].Kernel.Accumulate(accumulators, partial, rows, Plan.Inner, Plan.Inner, 0);
        }
    }
}
