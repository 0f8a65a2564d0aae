using Hero.Ops;

namespace Hero.Cpu;

/// <summary>(x, dy, f) -> dx of a <see cref="Conv2DOp"/>, and df as a <see cref="Conv2DGradientsFilterOp"/> of that: one kernel that goes over dy once. float32.</summary>
internal sealed record Conv2DGradientsOp(Window2D Window, bool Depthwise) : Op
{
    public override string Name => Depthwise ? "DepthwiseConv2DInputGradient" : "Conv2DInputGradient";

    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (DType.Float32, Window.InputShape);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");

    public override double Flops(Tensor output) => 2 * Window.Flops;
}

/// <summary>The gradient of the filter that its input, a <see cref="Conv2DGradientsOp"/>, computes besides.</summary>
internal sealed record Conv2DGradientsFilterOp : ByProductOp
{
    public override string Name => "FilterGradient";

    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (DType.Float32, inputs[0].Inputs[2].Shape);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");
}
