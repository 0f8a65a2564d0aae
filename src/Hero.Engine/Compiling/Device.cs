using Hero.Compiling;
using Hero.Ops;

namespace Hero;

/// <summary>Where functions run. There is one today, the processor; another one brings its own kernels under the same plans.</summary>
public abstract class Device
{
    /// <summary>The processor, with all its threads and its widest instructions.</summary>
    public static Device Cpu { get; } = new Cpu.CpuDevice(Hero.Cpu.Tuner.FromEnvironment());

    /// <summary>"cpu".</summary>
    public abstract string Name { get; }

    /// <summary>Whether a node's kernel runs a chain of scalar operations over its output as it makes it.</summary>
    internal abstract bool HasEpilogue(Tensor node);

    /// <summary>Whether a node's kernel runs a chain of scalar operations that makes one of its inputs, a few rows at a time, as it reads that.</summary>
    internal abstract bool TakesIntake(Tensor node, int input);

    /// <summary>Whether a node's kernel takes sums of a chain of scalar operations over its output as it makes that.</summary>
    internal abstract bool TakesSums(Tensor node);

    /// <summary>Whether a node's kernel keeps an output that only its epilogue reads in memory of its own, part by part: it gets no slot.</summary>
    internal abstract bool HidesOutput(Tensor node);

    /// <summary>The float32 operations a second that the device's arithmetic units reach when nothing waits for memory, measured now.</summary>
    internal abstract double MeasureFlops();

    /// <summary>The operations a second that the device's matrix unit reaches when nothing waits for memory, measured now; 0 where there is none.</summary>
    internal abstract double MeasureMatrixFlops();

    /// <summary>The bytes a second, read and written, at which as many bytes as that can be copied, and at which they can be read, measured now.</summary>
    internal abstract (double Copied, double Read) MeasureBandwidth(long bytes);

    /// <summary>The operations that the device makes to compute a node.</summary>
    internal abstract Effort EffortOf(Tensor node);

    /// <summary>Whether the kernel of a node's operation takes the bfloat16 that the node reads or gives; others run in float32.</summary>
    internal abstract bool TakesBFloat16(Tensor node);

    /// <summary>Runs the steps of a plan one after another on a table of slots.</summary>
    /// <param name="steps">All steps.</param>
    /// <param name="work">What they do together.</param>
    /// <param name="slots">Where their values lie.</param>
    /// <param name="stamps">Takes the time at which each step begins; null for nobody asks.</param>
    internal abstract unsafe void Run(Step[] steps, Work work, void** slots, long[]? stamps = null);

    /// <summary>The graph with operations of this device's own where it has a kernel for several at once; for plans that run again and again.</summary>
    internal virtual Graph Specialize(Graph graph) => graph;

    /// <summary>Makes a unit ready to run with its values in the planned slots.</summary>
    internal abstract Step Lower(Unit unit, Layout layout, MemoryPlan memory);
}
