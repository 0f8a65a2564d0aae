using Hero.Compiling;
using Hero.Cpu.Lowering;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>The processor: finds for every unit the kernel that computes it.</summary>
internal sealed class CpuDevice : Device
{
    public override string Name => "cpu";

    internal override bool HasEpilogue(Op op) => LoweringTable.HasEpilogue(op);

    internal override Step Lower(Unit unit, Layout layout, MemoryPlan memory)
    {
        if (unit.Copy is { } copy) return new Step($"Copy {copy.Op!.Name}", CopyLowering.Lower(copy, layout, memory));
        if (unit.Main is null)
        {
            var program = new ElementwiseProgram(unit.Scalars, unit.Results, layout, memory);
            unsafe
            {
                return new Step(string.Join('+', unit.Scalars.Select(scalar => scalar.Op!.Name)), program.Run);
            }
        }
        var name = string.Join('+', unit.Nodes.Select(node => node.Op!.Name));
        return new Step(name, LoweringTable.Lower(unit.Main.Op!, new Lowering.Lowering(unit, layout, memory)));
    }
}
