using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>Each element set to 0 with probability <paramref name="rate"/>, the others divided by 1 - rate.</summary>
        /// <param name="rate">From 0 to below 1.</param>
        /// <param name="generator">Where the chances come from; inside a compiled function every run draws new ones.</param>
        /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
        public Tensor Dropout(double rate, RandomGenerator generator)
        {
            ArgumentNullException.ThrowIfNull(generator);
            if (!(rate >= 0 && rate < 1)) throw new ArgumentOutOfRangeException(nameof(rate), rate, $"Dropout needs a rate of at least 0 and below 1, got {rate}.");
            return rate == 0 ? this : new DropoutOp((float)rate).Apply(this, generator.Next());
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y = x m / (1 - rate), with a mask m that is a function of the (key, counter) pair and the place; dx = dy m / (1 - rate).</summary>
    internal sealed record DropoutOp(float Rate) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireFloating(inputs[0]);
            return (inputs[0].DType, inputs[0].Shape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [Apply(upstream, output.Inputs[1]), null];
    }
}
