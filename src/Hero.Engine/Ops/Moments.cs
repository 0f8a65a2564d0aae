using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>Mean and biased variance over all axes but the last, in one pass and without cancellation: (..., c) -> two of (c). Those of bfloat16 are float32.</summary>
        public (Tensor Mean, Tensor Variance) Moments()
        {
            var both = new MomentsOp().Apply(this);
            return (both[0], both[1]);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y[0] = mean, y[1] = variance over all axes but the last; dx = dy[0] / n + dy[1] 2 (x - y[0]) / n.</summary>
    internal sealed record MomentsOp : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireFloating(inputs[0]);
            if (inputs[0].Rank < 2 || inputs[0].Size == 0)
                throw new ArgumentException($"Moments expects values of shape (..., channels) with at least one row, got {inputs[0].Shape}.");
            return (DTypes.Arithmetic(inputs[0].DType), [2, inputs[0].Shape[^1]]);
        }

        public override double Flops(Tensor output) => 4.0 * output.Inputs[0].Size;

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var x = output.Inputs[0];
            var each = (double)x.Shape[^1] / x.Size;
            return [(x - output[0]).MultiplyAdd(upstream[1] * (2 * each), upstream[0] * each).Cast(x.DType)];
        }
    }
}
