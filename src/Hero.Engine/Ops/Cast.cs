using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The same numbers in another type; floating to integer drops the fraction. The gradient goes back in the first type.</summary>
        public Tensor Cast(DType type) => type == DType ? this : new CastOp(type).Apply(this);
    }
}

namespace Hero.Ops
{
    /// <summary>y = (type)x; dx = (x's type)dy between floating types, none otherwise.</summary>
    internal sealed record CastOp(DType Type) : ScalarOp
    {
        public override ScalarFunction? Function => null;

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (Type, inputs[0].Shape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [DTypes.IsFloating(output.Inputs[0].DType) ? upstream.Cast(output.Inputs[0].DType) : null];
    }
}
