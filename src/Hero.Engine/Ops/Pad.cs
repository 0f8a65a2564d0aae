using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The tensor with elements of one number added around it: (before, after) for each axis.</summary>
        /// <exception cref="ArgumentException">Not one pair per axis, or a negative one.</exception>
        public Tensor Pad(ReadOnlySpan<(int Before, int After)> padding, double value = 0)
        {
            if (padding.Length != Rank) throw new ArgumentException($"Pad expects one (before, after) for each of the {Rank} axes of shape {Shape}, got {padding.Length}.", nameof(padding));
            var starts = new int[Rank];
            var sizes = new int[Rank];
            for (var axis = 0; axis < Rank; axis++)
            {
                if (padding[axis].Before < 0 || padding[axis].After < 0)
                    throw new ArgumentException($"Pad expects amounts of 0 or more, got ({padding[axis].Before}, {padding[axis].After}) at axis {axis}. Use an index range to cut.", nameof(padding));
                starts[axis] = padding[axis].Before;
                sizes[axis] = padding[axis].Before + Shape[axis] + padding[axis].After;
            }
            var shape = new Shape(sizes);
            return shape == Shape ? this : new PadOp(new Ints(starts), new Ints([.. Enumerable.Repeat(1, Rank)]), shape, value).Apply(this);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y is one number everywhere but y[start_0 + i step_0, ...] = x[i, ...]; dx is that slice of dy.</summary>
    internal sealed record PadOp(Ints Starts, Ints Steps, Shape Target, double Value) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Target);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [new SliceOp(Starts, Steps, output.Inputs[0].Shape).Apply(upstream)];
    }
}
