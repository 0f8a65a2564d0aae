namespace Hero.Cpu.Slicing;

/// <summary>A chain and sums of what it makes.</summary>
internal sealed unsafe class ReducedChainStage(ReducedChain chain) : SliceStage
{
    public override nint AccumulatorBytes => chain.AccumulatorBytes;

    public override void Begin(byte* accumulators) => chain.Begin(accumulators);

    public override void Run(void** slots, byte* shared, byte* accumulators, nint row, nint rows) => chain.Run(slots, accumulators, 0, row, rows);

    public override void Combine(byte* accumulators, byte* later) => chain.Combine(accumulators, later);

    public override void Finish(void** slots, byte* accumulators) => chain.Finish(slots, accumulators, 0);
}
