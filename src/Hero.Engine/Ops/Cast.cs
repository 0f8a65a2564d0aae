using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The same numbers in another type; floating to integer drops the fraction. The gradient goes back in the first type.</summary>
        public Tensor Cast(DType type)
        {
            if (type == DType) return this;
            // There and back through a wider type is the value itself.
            if (Op is CastOp && Inputs[0].DType == type && CastOp.Widens(type, DType)) return Inputs[0];
            return new CastOp(type).Apply(this);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y = (type)x; dx = (x's type)dy between floating types, none otherwise.</summary>
    internal sealed record CastOp(DType Type) : ScalarOp
    {
        public override ScalarFunction? Function => null;

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (Type, inputs[0].Shape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var type = output.Inputs[0].DType;
            if (!DTypes.IsFloating(type)) return [null];
            return [Before(upstream, type) ?? upstream.Cast(type)];
        }

        /// <summary>A gradient that was rounded only to have its primal's type, as it was before; null for others.</summary>
        private static Tensor? Before(Tensor rounded, DType type) => rounded.Op switch
        {
            CastOp when rounded.Inputs[0].DType == type => rounded.Inputs[0],
            ReshapeOp => Before(rounded.Inputs[0], type)?.Reshape(rounded.Shape),
            _ => null,
        };

        /// <summary>Whether a floating type has all numbers of another.</summary>
        public static bool Widens(DType from, DType to) => DTypes.IsFloating(from) && DTypes.IsFloating(to) && DTypes.Size(from) < DTypes.Size(to);
    }
}
