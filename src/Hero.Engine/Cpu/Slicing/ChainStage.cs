namespace Hero.Cpu.Slicing;

/// <summary>A chain of scalar operations over rows of so many channels.</summary>
internal sealed unsafe class ChainStage(ElementwiseProgram program, nint channels) : SliceStage
{
    public override void Run(void** slots, byte* shared, byte* accumulators, nint row, nint rows) => program.Run(slots, row * channels, rows * channels);
}
