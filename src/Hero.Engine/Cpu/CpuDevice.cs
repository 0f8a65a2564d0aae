using Hero.Compiling;
using Hero.Ops;

namespace Hero.Cpu;

internal sealed class CpuDevice : Device
{
    public override string Name => "cpu";

    internal override bool HasEpilogue(Op op) => false;

    internal override Step Lower(Unit unit, Layout layout, MemoryPlan memory) => throw new NotSupportedException("The kernels come with the next change.");
}
