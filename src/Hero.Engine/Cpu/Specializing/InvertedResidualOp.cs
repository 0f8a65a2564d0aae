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

    public override double Flops(Tensor output)
    {
        var wide = Expands ? 2.0 * Window.InputShape.Size * output.Inputs[0].Shape[^1] : 0;
        return wide + Window.Flops + 2.0 * Window.OutputShape.Size * OutChannels;
    }
}
