using System.Diagnostics;
using System.Runtime.InteropServices;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Cpu;

/// <summary>Times a block on operands of its own: any numbers but zeros and very small ones, so that memory and arithmetic take what they always take.</summary>
internal sealed unsafe class InvertedResidualTrial : IDisposable
{
    private readonly float* memory;
    private InvertedResidualCall call;

    public InvertedResidualTrial(in Window2D w, int inChannels, int outChannels, bool expands, bool expandsInBFloat16, bool projectsInBFloat16)
    {
        int wide = w.InChannels;
        nint input = (nint)w.Batch * w.InHeight * w.InWidth * inChannels, output = (nint)w.Batch * w.OutHeight * w.OutWidth * outChannels;
        nint expand = expands ? WeightSize(inChannels, wide) : 0, project = WeightSize(wide, outChannels);
        nint filter = (nint)w.KernelHeight * w.KernelWidth * wide, biases = 2 * (nint)wide + outChannels, size = 0;
        foreach (var part in (ReadOnlySpan<nint>)[input, output, expand, project, filter, biases]) size += Padded(part);
        memory = (float*)NativeMemory.AlignedAlloc((nuint)size * sizeof(float), 64);
        for (nint i = 0; i < size; i++) memory[i] = 0.03f;

        var free = memory;
        float* Next(nint elements)
        {
            var start = free;
            free += Padded(elements);
            return start;
        }
        call = new InvertedResidualCall
        {
            Window = w, InChannels = inChannels, OutChannels = outChannels, ExpandLow = 0, ExpandHigh = 6, FilterLow = 0, FilterHigh = 6,
            Input = Next(input), Output = Next(output), Project = Next(project), Filter = Next(filter),
            FilterBias = Next(wide), ProjectBias = Next(outChannels), ExpandsInBFloat16 = expandsInBFloat16, ProjectsInBFloat16 = projectsInBFloat16,
        };
        if (!expands) return;
        call.Expand = Next(expand);
        call.ExpandBias = call.FilterBias;
    }

    public double Seconds(InvertedResidualPlan plan)
    {
        call.Plan = plan;
        using var turn = WorkerTeam.Default.Enter();
        var start = Stopwatch.GetTimestamp();
        InvertedResidual.Run(call);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => NativeMemory.AlignedFree(memory);

    /// <summary>Room for packed weights in either form, whatever depth they are cut into.</summary>
    private static nint WeightSize(int depth, int columns) => Math.Max(PackedMatrix<float>.Size(depth, columns), BFloat16Matrix.Size(depth, columns));

    private static nint Padded(nint elements) => (elements + 63) / 64 * 64;
}
