using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// Weights (..., rows, columns), or (..., columns, rows) when transposed, in the order in which this processor's matrix tiles read them: see
/// <see cref="PackedMatrix{T}"/>, or for the matrix unit <see cref="BFloat16Matrix"/>.
/// </summary>
/// <param name="Depth">How many rows make a packed matrix; what is left makes a last one.</param>
/// <param name="Transposed">Whether the weights are stored by columns.</param>
/// <param name="InBFloat16">Whether they are rounded to bfloat16, for the matrix unit.</param>
internal sealed record PackWeightsOp(int Depth, bool Transposed = false, bool InBFloat16 = false) : Op
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
    {
        var (rows, columns) = Sides(inputs[0].Shape);
        if (InBFloat16)
        {
            var rest = rows % Depth;
            return (DType.BFloat16, [checked((int)(rows / Depth * BFloat16Matrix.Size(Depth, columns) + (rest > 0 ? BFloat16Matrix.Size(rest, columns) : 0)))]);
        }
        return (inputs[0].DType, [checked((int)(inputs[0].DType == DType.Float32 ? PackedMatrix<float>.Size(rows, columns) : PackedMatrix<double>.Size(rows, columns)))]);
    }

    public (int Rows, int Columns) Sides(Shape weights) => Transposed ? (weights[^1], weights[^2]) : (weights[^2], weights[^1]);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        throw new NotSupportedException($"{Name} is made after differentiation.");
}
