using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The same elements in the same order with other dimensions; one of them may be -1 and is worked out.</summary>
        /// <exception cref="ArgumentException">The number of elements would change.</exception>
        public Tensor Reshape(params int[] dimensions)
        {
            ArgumentNullException.ThrowIfNull(dimensions);
            var target = (int[])dimensions.Clone();
            var open = Array.IndexOf(target, -1);
            if (open >= 0)
            {
                target[open] = 1;
                var rest = target.Contains(-1) ? 0 : new Shape(target).Size;
                if (rest == 0 || Size % rest != 0)
                    throw new ArgumentException($"Reshape cannot make ({string.Join(", ", dimensions)}) of shape {Shape} ({Size:N0} elements).", nameof(dimensions));
                target[open] = checked((int)(Size / rest));
            }
            return Reshape(new Shape(target));
        }

        /// <summary>The same elements in the same order with another shape.</summary>
        /// <exception cref="ArgumentException">The number of elements would change.</exception>
        public Tensor Reshape(Shape shape) => shape == Shape ? this : new ReshapeOp(shape).Apply(this);

        /// <summary>The same elements with a dimension of 1 added at an axis (negative: from the end of the result).</summary>
        public Tensor ExpandDims(int axis)
        {
            var at = new Shape([.. Shape.Dimensions, 1]).NormalizeAxis(axis, nameof(ExpandDims));
            return Reshape(new Shape([.. Shape.Dimensions[..at], 1, .. Shape.Dimensions[at..]]));
        }

        /// <summary>The same elements without the dimensions of 1; with an axis, without that one only.</summary>
        /// <exception cref="ArgumentException">The dimension at the axis is not 1.</exception>
        public Tensor Squeeze(int? axis = null)
        {
            if (axis is null) return Reshape(new Shape([.. Shape.Where(dimension => dimension != 1)]));
            var at = Shape.NormalizeAxis(axis.Value, nameof(Squeeze));
            if (Shape[at] != 1) throw new ArgumentException($"Squeeze expects a dimension of 1 at axis {at}, got shape {Shape}.", nameof(axis));
            return Reshape(new Shape([.. Shape.Dimensions[..at], .. Shape.Dimensions[(at + 1)..]]));
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y = x with other dimensions: the same memory; dx = dy with x's.</summary>
    internal sealed record ReshapeOp(Shape Target) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            if (Target.Size != inputs[0].Size)
                throw new ArgumentException($"Reshape keeps the number of elements: {inputs[0].Shape} has {inputs[0].Size:N0}, {Target} would have {Target.Size:N0}.");
            return (inputs[0].DType, Target);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [upstream.Reshape(output.Inputs[0].Shape)];
    }
}
