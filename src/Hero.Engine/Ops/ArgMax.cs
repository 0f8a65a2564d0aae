using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The index of the greatest element along an axis, the first where several are equal; int64. No gradient.</summary>
        public Tensor ArgMax(int axis = -1) => ArgMaxOp.Of(this, axis, least: false);

        /// <summary>The index of the least element along an axis, the first where several are equal; int64. No gradient.</summary>
        public Tensor ArgMin(int axis = -1) => ArgMaxOp.Of(this, axis, least: true);
    }
}

namespace Hero.Ops
{
    /// <summary>y = the first index of the greatest (or least) element along an axis, which stays as a dimension of 1.</summary>
    internal sealed record ArgMaxOp(int Axis, bool Least) : Op
    {
        public override string Name => Least ? "ArgMin" : "ArgMax";

        public static Tensor Of(Tensor x, int axis, bool least)
        {
            var at = x.Shape.NormalizeAxis(axis, least ? "ArgMin" : "ArgMax");
            return new ArgMaxOp(at, least).Apply(x).Squeeze(at);
        }

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            var shape = inputs[0].Shape.ToArray();
            if (shape[Axis] == 0) throw new ArgumentException($"{Name} of no elements has no value: axis {Axis} of shape {inputs[0].Shape}.");
            if (inputs[0].DType == DType.Bool) throw new ArgumentException($"{Name} needs numbers, got bool {inputs[0].Shape}. Use Cast(DType.UInt8) first.");
            shape[Axis] = 1;
            return (DType.Int64, new Shape(shape));
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [null];
    }
}
