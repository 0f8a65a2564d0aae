using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>
/// A chain of scalar operations and the reductions of what it makes, in one pass over memory. Cut by shape, and parts joined in their order: the same bits for
/// every number of threads.
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
        var pieceRows = (nint)((length + pieces - 1) / pieces);
        var pieceCount = ((nint)length + pieceRows - 1) / pieceRows;
        var sums = new ChainSums(unit, program, memory);
        return slots =>
        {
            var work = new Work { Sums = sums, Slots = slots, Length = (nint)length, PieceRows = pieceRows, Pieces = pieceCount, Partial = Scratch.Get(PartialSlot, (nint)outer * pieceCount * sums.PieceBytes) };
            WorkerTeam.Default.For((int)(outer * pieceCount), ref work);
            for (nint o = 0; o < outer; o++) sums.Finish(slots, work.Partial + o * pieceCount * sums.PieceBytes, pieceCount, o, work.Length);
        };
    }

    private struct Work : IParallelBody
    {
        public ChainSums Sums;
        public void** Slots;
        public byte* Partial;
        public nint Length;
        public nint PieceRows;
        public nint Pieces;

        public readonly void Run(int item)
        {
            var row = item % Pieces * PieceRows;
            var accumulators = Partial + item * Sums.PieceBytes;
            Sums.Begin(accumulators);
            Sums.Take(Slots, accumulators, item / Pieces * Length * Sums.Inner, row, Math.Min(PieceRows, Length - row));
        }
    }
}
