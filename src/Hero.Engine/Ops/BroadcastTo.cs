using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The value repeated to a larger shape by NumPy's rules (dimensions of 1 stretch, missing ones come first).</summary>
        /// <exception cref="ArgumentException">The shape cannot be reached.</exception>
        public Tensor BroadcastTo(Shape shape)
        {
            if (shape == Shape) return this;
            if (Shape.Rank > shape.Rank || Shape.Broadcast(Shape, shape, nameof(BroadcastTo)) != shape)
                throw new ArgumentException($"BroadcastTo cannot stretch shape {Shape} to {shape}: dimensions must be equal or 1, counted from the last.", nameof(shape));
            var aligned = new int[shape.Rank];
            Array.Fill(aligned, 1);
            Shape.Dimensions.CopyTo(aligned.AsSpan(shape.Rank - Rank));
            return new BroadcastToOp(shape).Apply(Reshape(new Shape(aligned)));
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y repeats x along the axes where x has 1; dx is dy summed over them. Input and output have equal rank.</summary>
    internal sealed record BroadcastToOp(Shape Target) : ViewOp
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Target);

        public override View Of(View input)
        {
            var strides = (nint[])input.Strides.Clone();
            for (var axis = 0; axis < strides.Length; axis++)
                if (input.Shape[axis] != Target[axis]) strides[axis] = 0;
            return new View(Target, input.Offset, strides);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var x = output.Inputs[0].Shape;
            var axes = Enumerable.Range(0, x.Rank).Where(axis => x[axis] != Target[axis]).ToArray();
            return [axes.Length == 0 ? upstream : Sum(upstream, axes)];
        }

        /// <summary>The sum over axes, a sign and factors that are the same along them taken out: other gradients often need the sum that is left.</summary>
        private static Tensor Sum(Tensor x, int[] axes)
        {
            if (x.Op is UnaryOp { Kind: ScalarFunction.Negate }) return -Sum(x.Inputs[0], axes);
            if (x.Op is BinaryOp { Kind: ScalarFunction.Multiply })
            {
                var (left, right) = (x.Inputs[0], x.Inputs[1]);
                if (IsSameAlong(right, axes)) return Sum(left, axes) * right.Inputs[0];
                if (IsSameAlong(left, axes)) return left.Inputs[0] * Sum(right, axes);
            }
            return x.Sum(axes, keepDims: true);
        }

        private static bool IsSameAlong(Tensor x, int[] axes) => x.Op is BroadcastToOp && Array.TrueForAll(axes, axis => x.Inputs[0].Shape[axis] == 1);
    }
}
