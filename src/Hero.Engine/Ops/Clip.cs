using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>x held between two numbers. The gradient is 0 outside of them.</summary>
        /// <exception cref="ArgumentException"><paramref name="low"/> is above <paramref name="high"/>.</exception>
        public Tensor Clip(double low, double high)
        {
            if (low > high) throw new ArgumentException($"Clip needs low <= high, got {low} and {high}.", nameof(low));
            return new ClipOp().Apply(this, Number(low, DType).BroadcastTo(Shape), Number(high, DType).BroadcastTo(Shape));
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y = min(max(x, low), high); dx = dy where low &lt;= x &lt;= high, else 0. The bounds are constants.</summary>
    internal sealed record ClipOp : ScalarOp
    {
        public override ScalarFunction? Function => ScalarFunction.Clip;

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireSameType(inputs);
            return (inputs[0].DType, inputs[0].Shape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (x, low, high) = (output.Inputs[0], output.Inputs[1], output.Inputs[2]);
            return [Tensor.Where((x >= low) & (x <= high), upstream, 0), null, null];
        }
    }
}
