using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>Weights (..., depth, columns) in the order in which this processor's matrix tiles read them: see <see cref="PackedMatrix{T}"/>.</summary>
/// <param name="Depth">How many rows make a packed matrix; what is left makes a last one.</param>
internal sealed record PackWeightsOp(int Depth) : Op
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
    {
        var (depth, columns) = (inputs[0].Shape[^2], inputs[0].Shape[^1]);
        return (inputs[0].DType, [checked((int)PackedMatrix<float>.Size(depth, columns))]);
    }

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");
}
