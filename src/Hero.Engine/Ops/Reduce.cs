using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The sum over axes (all of them when none is named). Of bool (how many are true) and uint8 it is int64, as in NumPy; other types stay.</summary>
        public Tensor Sum(ReadOnlySpan<int> axes = default, bool keepDims = false) =>
            ReduceOp.Of(ReduceFunction.Sum, DType is DType.Bool or DType.UInt8 ? Cast(DType.Int64) : this, axes, keepDims);

        /// <summary>The sum over one axis.</summary>
        public Tensor Sum(int axis, bool keepDims = false) => Sum([axis], keepDims);

        /// <summary>The arithmetic mean over axes (all of them when none is named); integers become float32.</summary>
        public Tensor Mean(ReadOnlySpan<int> axes = default, bool keepDims = false)
        {
            var x = DType == DType.Float64 ? this : Cast(DType.Float32);
            var sum = x.Sum(axes, keepDims);
            // The sum of bfloat16 is divided before it is rounded.
            return (sum * ((double)sum.Size / Size)).Cast(DTypes.IsFloating(DType) ? DType : DType.Float32);
        }

        /// <summary>The arithmetic mean over one axis.</summary>
        public Tensor Mean(int axis, bool keepDims = false) => Mean([axis], keepDims);

        /// <summary>The greatest element over axes (all of them when none is named); NaN if there is one; for bool: any. Ties share the gradient.</summary>
        public Tensor Max(ReadOnlySpan<int> axes = default, bool keepDims = false) => ReduceOp.Of(ReduceFunction.Max, this, axes, keepDims);

        /// <summary>The greatest element over one axis.</summary>
        public Tensor Max(int axis, bool keepDims = false) => Max([axis], keepDims);

        /// <summary>The least element over axes (all of them when none is named); NaN if there is one; for bool: all. Ties share the gradient.</summary>
        public Tensor Min(ReadOnlySpan<int> axes = default, bool keepDims = false) => ReduceOp.Of(ReduceFunction.Min, this, axes, keepDims);

        /// <summary>The least element over one axis.</summary>
        public Tensor Min(int axis, bool keepDims = false) => Min([axis], keepDims);
    }
}

namespace Hero.Ops
{
    /// <summary>y = sum, greatest or least of x over neighbouring axes, which stay as dimensions of 1; dx = dy, or dy shared where x = y.</summary>
    internal sealed record ReduceOp(ReduceFunction Function, Ints Axes) : Op
    {
        public override string Name => Function.ToString();

        public static Tensor Of(ReduceFunction function, Tensor x, ReadOnlySpan<int> axes, bool keepDims)
        {
            var normalized = NormalizeAxes(x.Shape, axes, function.ToString());
            // Axes that do not touch are reduced one group after another: kernels know one group.
            var reduced = x;
            for (int first = 0, end; first < normalized.Count; first = end)
            {
                for (end = first + 1; end < normalized.Count && normalized[end] == normalized[end - 1] + 1; end++) { }
                reduced = new ReduceOp(function, new Ints(normalized.Span[first..end].ToArray())).Apply(reduced);
            }
            if (keepDims) return reduced;
            var left = new List<int>(x.Rank);
            for (int axis = 0, next = 0; axis < x.Rank; axis++)
                if (next < normalized.Count && normalized[next] == axis) next++;
                else left.Add(x.Shape[axis]);
            return reduced.Reshape(new Shape([.. left]));
        }

        public override double Flops(Tensor output) => output.Inputs[0].Size;

        /// <summary>A shape seen as [before the axes, the axes, after them].</summary>
        public (long Outer, long Length, long Inner) Split(Shape shape)
        {
            var (first, end) = (Axes[0], Axes[Axes.Count - 1] + 1);
            return (shape[..first].Size, shape[first..end].Size, shape[end..].Size);
        }

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            var x = inputs[0];
            if (x.DType == DType.Bool && Function == ReduceFunction.Sum) throw new ArgumentException($"Sum needs numbers, got bool {x.Shape}. Use Cast(DType.Int32) first.");
            if (x.Size == 0 && Function != ReduceFunction.Sum) throw new ArgumentException($"{Name} of no elements has no value: shape {x.Shape}.");
            var shape = x.Shape.ToArray();
            foreach (var axis in Axes) shape[axis] = 1;
            return (x.DType, new Shape(shape));
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var x = output.Inputs[0];
            if (Function == ReduceFunction.Sum) return [upstream.BroadcastTo(x.Shape)];
            var winners = x.EqualTo(output.BroadcastTo(x.Shape)).Cast(x.DType);
            var share = upstream / new ReduceOp(ReduceFunction.Sum, Axes).Apply(winners);
            return [winners * share];
        }

        private static Ints NormalizeAxes(Shape shape, ReadOnlySpan<int> axes, string name)
        {
            var normalized = new int[axes.Length == 0 ? shape.Rank : axes.Length];
            for (var i = 0; i < normalized.Length; i++) normalized[i] = axes.Length == 0 ? i : shape.NormalizeAxis(axes[i], name);
            Array.Sort(normalized);
            for (var i = 1; i < normalized.Length; i++)
                if (normalized[i] == normalized[i - 1])
                    throw new ArgumentException($"{name} of shape {shape} got axis {normalized[i]} twice.", nameof(axes));
            return new Ints(normalized);
        }
    }
}
