using System.Diagnostics;
using Hero.Compiling;
using Hero.Cpu.Lowering;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>The processor: finds for every unit the kernel that computes it.</summary>
/// <param name="tuner">Chooses how kernels cut their work; null for the usual cuts.</param>
internal sealed class CpuDevice(Tuner? tuner) : Device
{
    // A thread that is woken takes longer to come than a plan of less work takes.
    private const double SmallSeconds = 50e-6;

    // What small arrays run at on one thread: not the machine's limits.
    private const double SmallFlops = 20e9, SmallBandwidth = 20e9;

    public override string Name => "cpu";

    internal override bool HasEpilogue(Tensor node) => LoweringTable.HasEpilogue(node);

    internal override bool TakesIntake(Tensor node, int input) => LoweringTable.TakesIntake(node, input);

    internal override bool TakesSums(Tensor node) => LoweringTable.TakesSums(node);

    internal override bool HidesOutput(Tensor node) => LoweringTable.HidesOutput(node);

    internal override double MeasureFlops() => MachineLimits.Flops();

    internal override double MeasureMatrixFlops() => MachineLimits.MatrixFlops();

    internal override (double Copied, double Read) MeasureBandwidth(long bytes) => (MachineLimits.CopyBandwidth(bytes), MachineLimits.ReadBandwidth(bytes));

    internal override Effort EffortOf(Tensor node) => KernelEffort.Of(node);

    internal override bool TakesBFloat16(Tensor node) => LoweringTable.TakesBFloat16(node);

    internal override unsafe void Run(Step[] steps, Work work, void** slots, long[]? stamps)
    {
        if (work.Flops / SmallFlops + work.Bytes / SmallBandwidth < SmallSeconds)
        {
            using var alone = WorkerTeam.Alone();
            Run(steps, slots, stamps);
        }
        else
        {
            using var turn = WorkerTeam.Default.Enter();
            Run(steps, slots, stamps);
        }
    }

    private static unsafe void Run(Step[] steps, void** slots, long[]? stamps)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            if (stamps is not null) stamps[i] = Stopwatch.GetTimestamp();
            steps[i].Kernel(slots);
        }
    }

    internal override Graph Specialize(Graph graph) => PairedGradients.Run(PackedWeights.Run(InvertedResiduals.Run(graph, tuner)));

    internal override Step Lower(Unit unit, Layout layout, MemoryPlan memory)
    {
        if (unit.Copy is { } copy) return new Step($"Copy {copy.Op!.Name}", CopyLowering.Lower(copy, layout, memory));
        if (unit.Parts.Count > 0) return new Step($"{unit.Parts.Count} small chains", BatchLowering.Lower(unit, layout, memory));
        var name = string.Join('+', unit.Nodes.Select(node => node.Op!.Name));
        if (unit.Main is null && unit.Scalars.Count > 0)
        {
            var program = new ElementwiseProgram(unit, layout, memory);
            unsafe
            {
                return new Step(name, unit.Reductions.Count > 0 ? ReducedChainLowering.Lower(unit, program, memory) : program.Run);
            }
        }
        var lowering = new Lowering.Lowering(unit, layout, memory);
        return new Step(name, LoweringTable.Lower(lowering.Node.Op!, lowering));
    }
}
