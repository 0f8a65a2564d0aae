using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>Element by element <paramref name="ifTrue"/> where the condition holds, else <paramref name="ifFalse"/>; broadcasts.</summary>
        /// <exception cref="ArgumentException">The condition is not bool, or the shapes do not broadcast.</exception>
        public static Tensor Where(Tensor condition, Tensor ifTrue, Tensor ifFalse)
        {
            ArgumentNullException.ThrowIfNull(condition);
            ArgumentNullException.ThrowIfNull(ifTrue);
            ArgumentNullException.ThrowIfNull(ifFalse);
            var type = DTypes.Promote(ifTrue.DType, ifFalse.DType);
            var shape = Shape.Broadcast(condition.Shape, Shape.Broadcast(ifTrue.Shape, ifFalse.Shape, nameof(Where)), nameof(Where));
            return new WhereOp().Apply(condition.BroadcastTo(shape), ifTrue.Cast(type).BroadcastTo(shape), ifFalse.Cast(type).BroadcastTo(shape));
        }

        /// <summary>Element by element <paramref name="ifTrue"/> where the condition holds, else a number of the same type.</summary>
        public static Tensor Where(Tensor condition, Tensor ifTrue, double ifFalse)
        {
            ArgumentNullException.ThrowIfNull(ifTrue);
            return Where(condition, ifTrue, Number(ifFalse, ifTrue.DType));
        }
    }
}

namespace Hero.Ops
{
    /// <summary>z = c ? x : y; dx = c ? dz : 0, dy = c ? 0 : dz.</summary>
    internal sealed record WhereOp : ScalarOp
    {
        public override ScalarFunction? Function => ScalarFunction.Where;

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            if (inputs[0].DType != DType.Bool)
                throw new ArgumentException($"Where needs a bool condition, got {DTypes.Name(inputs[0].DType)} {inputs[0].Shape}. Compare first (x > 0).");
            RequireSameType(inputs[1..]);
            return (inputs[1].DType, inputs[0].Shape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        [
            null,
            Tensor.Where(output.Inputs[0], upstream, 0),
            Tensor.Where(output.Inputs[0], Tensor.Number(0, upstream.DType), upstream),
        ];
    }
}
