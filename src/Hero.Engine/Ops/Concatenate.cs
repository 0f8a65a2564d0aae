using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>Tensors put one after another along an axis; all other dimensions must be equal.</summary>
        /// <exception cref="ArgumentException">No tensors, or their shapes or types differ.</exception>
        public static Tensor Concatenate(IReadOnlyList<Tensor> tensors, int axis = 0)
        {
            ArgumentNullException.ThrowIfNull(tensors);
            if (tensors.Count == 0) throw new ArgumentException("Concatenate needs at least one tensor.", nameof(tensors));
            return tensors.Count == 1 ? tensors[0] : new ConcatenateOp(tensors[0].Shape.NormalizeAxis(axis, nameof(Concatenate))).Apply([.. tensors]);
        }

        /// <summary>Tensors of one shape put side by side along a new axis.</summary>
        /// <exception cref="ArgumentException">No tensors, or their shapes or types differ.</exception>
        public static Tensor Stack(IReadOnlyList<Tensor> tensors, int axis = 0)
        {
            ArgumentNullException.ThrowIfNull(tensors);
            return Concatenate([.. tensors.Select(tensor => tensor.ExpandDims(axis))], axis);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y = the inputs one after another along an axis; each input's gradient is its part of dy.</summary>
    internal sealed record ConcatenateOp(int Axis) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireSameType(inputs);
            var result = inputs[0].Shape.ToArray();
            for (var i = 1; i < inputs.Length; i++)
            {
                var shape = inputs[i].Shape;
                var fits = shape.Rank == result.Length;
                for (var axis = 0; fits && axis < result.Length; axis++) fits = axis == Axis || shape[axis] == result[axis];
                if (!fits) throw new ArgumentException($"Concatenate along axis {Axis} expects equal shapes but for that axis, got {inputs[0].Shape} and {shape}.");
                result[Axis] += shape[Axis];
            }
            return (inputs[0].DType, new Shape(result));
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var result = new Tensor?[output.Inputs.Length];
            var steps = Enumerable.Repeat(1, output.Rank).ToArray();
            var offset = 0;
            for (var i = 0; i < result.Length; i++)
            {
                var starts = new int[output.Rank];
                starts[Axis] = offset;
                result[i] = SliceOp.Of(upstream, starts, steps, output.Inputs[i].Shape);
                offset += output.Inputs[i].Shape[Axis];
            }
            return result;
        }
    }
}
