using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>
        /// A part of the tensor, as NumPy: whole numbers pick one index and drop the axis, ranges keep a part, ^1 counts from the
        /// end, <see cref="TensorIndex.Every(int)"/> takes every n-th. Axes not named are taken whole.
        /// </summary>
        /// <example><code>x[0]   x[.., ^1]   x[2..5, 3]   x[TensorIndex.Every(2)]</code></example>
        /// <exception cref="ArgumentException">More indices than axes.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index lies outside its axis.</exception>
        [System.Runtime.CompilerServices.IndexerName("Slice")]
        public Tensor this[params ReadOnlySpan<TensorIndex> indices]
        {
            get
            {
                if (indices.Length > Rank)
                    throw new ArgumentException($"Shape {Shape} has {Rank} axes, got {indices.Length} indices.", nameof(indices));
                var starts = new int[Rank];
                var steps = new int[Rank];
                var sizes = new int[Rank];
                var kept = new List<int>();
                for (var axis = 0; axis < Rank; axis++)
                {
                    var index = axis < indices.Length ? indices[axis] : new TensorIndex(Range.All);
                    (starts[axis], steps[axis], sizes[axis]) = index.Resolve(Shape, axis);
                    if (!index.DropsAxis) kept.Add(sizes[axis]);
                }
                return SliceOp.Of(this, starts, steps, sizes).Reshape(new Shape([.. kept]));
            }
        }

        /// <summary>The elements in reverse order along an axis.</summary>
        public Tensor Flip(int axis)
        {
            var at = Shape.NormalizeAxis(axis, nameof(Flip));
            var starts = new int[Rank];
            var steps = Enumerable.Repeat(1, Rank).ToArray();
            (starts[at], steps[at]) = (Math.Max(Shape[at] - 1, 0), -1);
            return SliceOp.Of(this, starts, steps, Shape);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y[i, j, ...] = x[start_0 + i step_0, ...]; dx is zero but for dy at those places.</summary>
    internal sealed record SliceOp(Ints Starts, Ints Steps, Shape Target) : ViewOp
    {
        public static Tensor Of(Tensor x, int[] starts, int[] steps, Shape shape) =>
            shape == x.Shape && Array.TrueForAll(steps, step => step == 1) && Array.TrueForAll(starts, start => start == 0)
                ? x
                : new SliceOp(new Ints(starts), new Ints(steps), shape).Apply(x);

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Target);

        public override View Of(View input)
        {
            var offset = input.Offset;
            var strides = new nint[input.Strides.Length];
            for (var axis = 0; axis < strides.Length; axis++)
            {
                offset += Starts[axis] * input.Strides[axis];
                strides[axis] = Steps[axis] * input.Strides[axis];
            }
            return new View(Target, offset, strides);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [new PadOp(Starts, Steps, output.Inputs[0].Shape, 0).Apply(upstream)];
    }
}
