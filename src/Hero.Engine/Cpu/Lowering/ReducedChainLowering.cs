using Hero.Compiling;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Lowering;

/// <summary>A chain and the reductions of what it makes, in one pass over memory. Cut by shape, and parts joined in their order: the same bits for every number of threads.</summary>
internal static unsafe class ReducedChainLowering
{
    private const nint PieceElements = 16384;
    private const nint MostPieces = 64;
    private const int PartialSlot = 3;

    public static Kernel Lower(Unit unit, Layout layout, MemoryPlan memory)
    {
        var chain = new ReducedChain(unit, layout, memory);
        var pieces = Math.Clamp(chain.Length * chain.Inner / PieceElements, 1, MostPieces);
        var pieceRows = (chain.Length + pieces - 1) / pieces;
        pieces = (chain.Length + pieceRows - 1) / pieceRows;
        return slots =>
        {
            var work = new Work { Chain = chain, Slots = slots, Pieces = pieces, PieceRows = pieceRows };
            work.Partial = Scratch.Get(PartialSlot, chain.Outer * pieces * chain.AccumulatorBytes);
            WorkerTeam.Default.For((int)(chain.Outer * pieces), ref work);
            for (nint outer = 0; outer < chain.Outer; outer++) work.Join(outer);
        };
    }

    private struct Work : IParallelBody
    {
        public ReducedChain Chain;
        public void** Slots;
        public byte* Partial;
        public nint Pieces, PieceRows;

        public readonly void Run(int item)
        {
            var row = item % Pieces * PieceRows;
            var accumulators = Partial + item * Chain.AccumulatorBytes;
            Chain.Begin(accumulators);
            Chain.Run(Slots, accumulators, item / Pieces, row, Math.Min(PieceRows, Chain.Length - row));
        }

        /// <summary>Takes the later pieces of an outer index into the first one and writes the results.</summary>
        public readonly void Join(nint outer)
        {
            var accumulators = Partial + outer * Pieces * Chain.AccumulatorBytes;
            for (nint piece = 1; piece < Pieces; piece++) Chain.Combine(accumulators, accumulators + piece * Chain.AccumulatorBytes);
            Chain.Finish(Slots, accumulators, outer);
        }
    }
}
