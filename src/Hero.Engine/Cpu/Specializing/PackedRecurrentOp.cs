using Hero.Ops;

namespace Hero.Cpu;

/// <summary>A <see cref="RecurrentOp"/> with a kernel from a <see cref="PackWeightsOp"/>; the other inputs are the recurrence's own.</summary>
internal sealed record PackedRecurrentOp(RecurrentOp Recurrence, int Units, Shape Result) : Op
{
    public override string Name => Recurrence.Name;

    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Result);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");

    public override double Flops(Tensor output) => 2.0 * output.Inputs[0].Size * Units;
}
