using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The axes in another order; without arguments, in reverse.</summary>
        /// <exception cref="ArgumentException">The axes are not a permutation.</exception>
        public Tensor Transpose(params int[] axes)
        {
            ArgumentNullException.ThrowIfNull(axes);
            if (axes.Length == 0) axes = [.. Enumerable.Range(0, Rank).Reverse()];
            var normalized = Array.ConvertAll(axes, axis => Shape.NormalizeAxis(axis, nameof(Transpose)));
            if (normalized.Length != Rank || normalized.Distinct().Count() != Rank)
                throw new ArgumentException($"Transpose of shape {Shape} expects each of its {Rank} axes once, got ({string.Join(", ", axes)}).", nameof(axes));
            return normalized.SequenceEqual(Enumerable.Range(0, Rank)) ? this : new TransposeOp(new Ints(normalized)).Apply(this);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y[i_p0, i_p1, ...] = x[i_0, i_1, ...]; dx is dy with the inverse permutation.</summary>
    internal sealed record TransposeOp(Ints Permutation) : ViewOp
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            var x = inputs[0].Shape;
            return (inputs[0].DType, new Shape([.. Permutation.Select(axis => x[axis])]));
        }

        public override View Of(View input) => new(
            new Shape([.. Permutation.Select(axis => input.Shape[axis])]), input.Offset, [.. Permutation.Select(axis => input.Strides[axis])]);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var inverse = new int[Permutation.Count];
            for (var axis = 0; axis < inverse.Length; axis++) inverse[Permutation[axis]] = axis;
            return [upstream.Transpose(inverse)];
        }
    }
}
