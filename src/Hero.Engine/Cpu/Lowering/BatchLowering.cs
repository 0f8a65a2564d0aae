using Hero.Compiling;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Lowering;

/// <summary>Chains over arrays of their own, none of which needs another: a step for all of them.</summary>
internal static unsafe class BatchLowering
{
    // Elements in all that are worth waking a thread for.
    private const nint ParallelThreshold = 8192;

    public static Kernel Lower(Unit unit, Layout layout, MemoryPlan memory)
    {
        ElementwiseProgram[] programs = [.. unit.Parts.Select(part => new ElementwiseProgram(part, layout, memory))];
        if (programs.Sum(program => program.Size) < ParallelThreshold)
        {
            return slots =>
            {
                foreach (var program in programs) program.Run(slots, 0, program.Size);
            };
        }
        return slots =>
        {
            var chains = new Chains { Programs = programs, Slots = slots };
            WorkerTeam.Default.For(programs.Length, ref chains);
        };
    }

    private struct Chains : IParallelBody
    {
        public ElementwiseProgram[] Programs;
        public void** Slots;

        public readonly void Run(int item) => Programs[item].Run(Slots, 0, Programs[item].Size);
    }
}
