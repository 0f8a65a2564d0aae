using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>
        /// The slices of an axis at the given indices (int32 or int64, any shape); negative ones count from the end. The indices'
        /// axes take the place of the axis.
        /// </summary>
        /// <exception cref="ArgumentException">The indices are not integers.</exception>
        /// <exception cref="ArgumentOutOfRangeException">On evaluation: an index lies outside the axis.</exception>
        public Tensor Gather(Tensor indices, int axis = 0)
        {
            ArgumentNullException.ThrowIfNull(indices);
            var at = Shape.NormalizeAxis(axis, nameof(Gather));
            if (at == 0) return new GatherOp().Apply(this, indices);
            // Bring the axis to the front, gather, and put the indices' axes where it was.
            var gathered = Transpose([at, .. Enumerable.Range(0, Rank).Where(other => other != at)]).Gather(indices);
            var order = Enumerable.Range(indices.Rank, at).Concat(Enumerable.Range(0, indices.Rank)).Concat(Enumerable.Range(indices.Rank + at, Rank - 1 - at));
            return gathered.Transpose([.. order]);
        }

        /// <summary>
        /// A tensor of the shape that is zero but for the sums, row by row, of all rows of this tensor with the same index:
        /// the transpose of <see cref="Gather"/> along axis 0.
        /// </summary>
        /// <exception cref="ArgumentException">The indices are not integers, or the shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">On evaluation: an index lies outside the first axis.</exception>
        public Tensor ScatterAdd(Tensor indices, Shape shape)
        {
            ArgumentNullException.ThrowIfNull(indices);
            return new ScatterAddOp(shape).Apply(this, indices);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y[i] = x[indices[i]]; dx is <see cref="ScatterAddOp"/> of dy.</summary>
    internal sealed record GatherOp : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireIndices(inputs[1]);
            return (inputs[0].DType, new Shape([.. inputs[1].Shape.Dimensions, .. inputs[0].Shape.Dimensions[1..]]));
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [upstream.ScatterAdd(output.Inputs[1], output.Inputs[0].Shape), null];

        public static void RequireIndices(Tensor indices)
        {
            if (indices.DType is not (DType.Int32 or DType.Int64))
                throw new ArgumentException($"Gather and ScatterAdd need int32 or int64 indices, got {DTypes.Name(indices.DType)} {indices.Shape}. Use Cast(DType.Int32).");
        }
    }

    /// <summary>y = 0, then y[indices[i]] += x[i] in the order of i; dx is <see cref="GatherOp"/> of dy.</summary>
    internal sealed record ScatterAddOp(Shape Target) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            GatherOp.RequireIndices(inputs[1]);
            RequireFloating(inputs[0]);
            Shape expected = [.. inputs[1].Shape.Dimensions, .. Target.Dimensions[Math.Min(1, Target.Rank)..]];
            if (Target.Rank == 0 || inputs[0].Shape != expected)
                throw new ArgumentException($"ScatterAdd into {Target} with indices {inputs[1].Shape} expects values of shape {expected}, got {inputs[0].Shape}.");
            return (inputs[0].DType, Target);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [upstream.Gather(output.Inputs[1]), null];
    }
}
