using Hero.Compiling;
using Hero.Cpu.Kernels;

namespace Hero.Cpu.Lowering;

internal static unsafe class InvertedResidualLowering
{
    public static Kernel Block(InvertedResidualOp op, Lowering lowering)
    {
        var inputs = lowering.Node.Inputs;
        var slot = Enumerable.Range(0, inputs.Length).Select(lowering.Input).ToArray();
        var (output, inChannels, tail) = (lowering.Output, inputs[0].Shape[^1], op.FilterInput);
        var (expandsInBFloat16, projectsInBFloat16) = (op.ExpandsInBFloat16(lowering.Node), op.ProjectsInBFloat16(lowering.Node));
        return slots => InvertedResidual.Run(new InvertedResidualCall
        {
            Plan = op.Plan, Window = op.Window, InChannels = inChannels, OutChannels = op.OutChannels,
            ExpandLow = op.First.Low, ExpandHigh = op.First.High, FilterLow = op.Second.Low, FilterHigh = op.Second.High,
            Input = (float*)slots[slot[0]],
            Expand = op.Expands ? slots[slot[1]] : null, ExpandBias = op.Expands ? (float*)slots[slot[2]] : null,
            Filter = (float*)slots[slot[tail]], FilterBias = (float*)slots[slot[tail + 1]],
            Project = slots[slot[tail + 2]], ProjectBias = (float*)slots[slot[tail + 3]],
            Residual = op.Adds ? (float*)slots[slot[tail + 4]] : null,
            ExpandsInBFloat16 = expandsInBFloat16, ProjectsInBFloat16 = projectsInBFloat16,
            Output = (float*)slots[output],
        });
    }
}
