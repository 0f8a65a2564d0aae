using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>A <see cref="Conv2DOp"/>, not a depthwise one, with a filter from <see cref="PackFilterOp"/>.</summary>
internal sealed record PackedConv2DOp(Window2D Window) : Op
{
    public override string Name => nameof(Tensor.Conv2D);

    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (DTypes.Arithmetic(inputs[0].DType), Window.OutputShape);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");

    public override double Flops(Tensor output) => Window.Flops;
}

/// <summary>
/// A filter in the order in which convolutions of this shape read it: see <see cref="Conv2D.PackFilter"/>, and for the matrix unit
/// <see cref="BFloat16Conv2D.PackFilter"/>.
/// </summary>
internal sealed record PackFilterOp(Window2D Window, bool InBFloat16 = false) : Op
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => InBFloat16
        ? (DType.BFloat16, [checked((int)BFloat16Conv2D.PackedFilterSize(Window))])
        : (inputs[0].DType, [checked((int)(inputs[0].DType == DType.Float32 ? Conv2D.PackedFilterSize<float>(Window) : Conv2D.PackedFilterSize<double>(Window)))]);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");
}
