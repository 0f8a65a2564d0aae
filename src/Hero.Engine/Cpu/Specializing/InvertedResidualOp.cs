using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// y = pointwise(hold(depthwise(hold(pointwise(x))))) with biases and frozen weights, plus a residual: see
/// <see cref="InvertedResidual"/>. Inputs: x, with <paramref name="Expands"/> packed weights and bias, filter and bias, packed
/// weights and bias, with <paramref name="Adds"/> the residual.
/// </summary>
/// <param name="Window">The depthwise convolution's.</param>
/// <param name="Plan">How the work is cut.</param>
/// <param name="OutChannels">Channels of y.</param>
/// <param name="Expands">Whether there is a pointwise convolution in front.</param>
/// <param name="Adds">Whether something is added at the end.</param>
/// <param name="First">What values in front of the depthwise convolution are held between, where there is a convolution before them.</param>
/// <param name="Second">What values behind the depthwise convolution are held between.</param>
internal sealed record InvertedResidualOp(
    Window2D Window, InvertedResidualPlan Plan, int OutChannels, bool Expands, bool Adds, (float Low, float High) First, (float Low, float High) Second) : Op
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) =>
        (DType.Float32, [Window.Batch, Window.OutHeight, Window.OutWidth, OutChannels]);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");

    /// <summary>Which input the depthwise filter is; its bias, and weights and bias of the convolution behind it follow.</summary>
    public int FilterInput => Expands ? 3 : 1;

    /// <summary>Whether the weights in front of the depthwise convolution are packed for the matrix unit.</summary>
    public bool ExpandsInBFloat16(Tensor node) => Expands && node.Inputs[1].DType == DType.BFloat16;

    /// <summary>Whether those behind it are.</summary>
    public bool ProjectsInBFloat16(Tensor node) => node.Inputs[FilterInput + 2].DType == DType.BFloat16;

    public double ExpandingFlops(Tensor node) => Expands ? 2.0 * Window.InputShape.Size * node.Inputs[0].Shape[^1] : 0;

    public double ProjectingFlops => 2.0 * Window.OutputShape.Size * OutChannels;

    public override double Flops(Tensor output) => ExpandingFlops(output) + Window.Flops + ProjectingFlops;
}
