using Hero.Cpu.Kernels;

namespace Hero.Cpu;

/// <summary>Runs a fused chain over the ranges of its output that a kernel has just finished.</summary>
internal readonly unsafe struct ProgramEpilogue(ElementwiseProgram program, void** slots) : IEpilogue
{
    public void Apply(nint start, nint length) => program.Run(slots, start, length);

    public void ApplyRows(nint start, nint length, nint rows, nint step) => program.RunRows(slots, start, length, rows, step);

    public void ApplyRows(float* values, nint valueStep, nint start, nint length, nint rows, nint step) =>
        program.RunRows(slots, start, length, rows, step, (byte*)values, valueStep);
}
