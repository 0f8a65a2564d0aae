using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>x * factor + addend with broadcasting to x's shape; rounded once for float32 and float64.</summary>
        internal Tensor MultiplyAdd(Tensor factor, Tensor addend)
        {
            var type = DTypes.Promote(DType, DTypes.Promote(factor.DType, addend.DType));
            return new MultiplyAddOp().Apply(Cast(type), factor.Cast(type).BroadcastTo(Shape), addend.Cast(type).BroadcastTo(Shape));
        }
    }
}

namespace Hero.Ops
{
    /// <summary>z = x y + w on equal shapes; dx = dz y, dy = dz x, dw = dz.</summary>
    internal sealed record MultiplyAddOp : ScalarOp
    {
        public override ScalarFunction? Function => ScalarFunction.MultiplyAdd;

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireSameType(inputs);
            return (inputs[0].DType, inputs[0].Shape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [upstream * output.Inputs[1], upstream * output.Inputs[0], upstream];
    }
}
