using Hero.Compiling;

namespace Hero.Cpu.Lowering;

/// <summary>What the lowering of one operation is given: where its values lie and what is to follow in the same step.</summary>
internal sealed class Lowering(Unit unit, Layout layout, MemoryPlan memory)
{
    /// <summary>The node to compute.</summary>
    public Tensor Node { get; } = unit.Main ?? unit.Reductions[0];

    /// <summary>The slot of the kernel's own output; <see cref="MemoryPlan.NoSlot"/> where it goes to the epilogue only.</summary>
    public int Output => memory.SlotOfBase(Node);

    /// <summary>The chain that a kernel with an epilogue runs over its output; null for none.</summary>
    public ElementwiseProgram? Epilogue { get; } = unit.Scalars.Count == 0 ? null : new ElementwiseProgram(unit, layout, memory);

    /// <summary>The sums that a kernel which takes them goes on with for each finished range of its output; null for none.</summary>
    public ChainSums? Sums => unit.Reductions.Count == 0 ? null : new ChainSums(unit, Epilogue!, memory);

    /// <summary>The slot of the kernel's second output.</summary>
    public int ByProduct => memory.SlotOfBase(unit.ByProduct!);

    /// <summary>The chain that makes an input as the kernel reads it; null for none.</summary>
    public ElementwiseProgram? Intake(int index) => unit.Intakes.TryGetValue(index, out var chain) ? new ElementwiseProgram(chain, layout, memory) : null;

    /// <summary>The slot of an input, dense and row-major.</summary>
    public int Input(int index) => memory.SlotOf(Node.Inputs[index]);
}
