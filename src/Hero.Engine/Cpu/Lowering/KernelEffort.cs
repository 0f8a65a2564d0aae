using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>The operations that kernels make: on the matrix unit, with fewer products than the formula has, or as many.</summary>
internal static class KernelEffort
{
    public static Effort Of(Tensor node)
    {
        var flops = node.Op!.Flops(node);
        return node.Op switch
        {
            _ when BFloat16Lowering.Takes(node) => new Effort(0, flops),
            _ when BFloat16Lowering.TakesInThreeParts(node) => new Effort(0, 3 * flops),
            PackedConv2DOp or PackedMatMulOp or PackedRecurrentOp when node.Inputs[1].DType == DType.BFloat16 => new Effort(0, flops),
            InvertedResidualOp op => Of(op, node, flops),
            Conv2DOp { Depthwise: false, Window: var window } when IsSingle(node) => new Effort(Conv2DFlops.Forward(window), 0),
            PackedConv2DOp { Window: var window } when IsSingle(node) => new Effort(Conv2DFlops.Forward(window), 0),
            Conv2DInputGradientOp { Depthwise: false, Window: var window } when IsSingle(node) => new Effort(Conv2DFlops.InputGradient(window), 0),
            Conv2DFilterGradientOp { Depthwise: false, Window: var window } when IsSingle(node) => new Effort(Conv2DFlops.FilterGradient(window), 0),
            _ => new Effort(flops, 0),
        };
    }

    private static bool IsSingle(Tensor node) => node.DType == DType.Float32;

    /// <summary>Each of the two pointwise convolutions is computed where its weights are packed for.</summary>
    private static Effort Of(InvertedResidualOp op, Tensor node, double flops)
    {
        var matrix = (op.ExpandsInBFloat16(node) ? op.ExpandingFlops(node) : 0) + (op.ProjectsInBFloat16(node) ? op.ProjectingFlops : 0);
        return new Effort(flops - matrix, matrix);
    }
}
