using Hero.Ops;

namespace Hero.Cpu;

/// <summary>[1, m, depth] times weights [depth, <paramref name="Columns"/>] from a <see cref="PackWeightsOp"/>: [1, m, columns].</summary>
internal sealed record PackedMatMulOp(int Columns) : Op
{
    public override string Name => nameof(Tensor.MatMul);

    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (DTypes.Arithmetic(inputs[0].DType), [1, inputs[0].Shape[1], Columns]);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");

    public override double Flops(Tensor output) => 2.0 * output.Size * output.Inputs[0].Shape[^1];
}
