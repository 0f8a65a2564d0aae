using Hero.Ops;

namespace Hero
{
    /// <summary>How a picture's new pixels come from the old ones.</summary>
    public enum Interpolation
    {
        /// <summary>Weighted by distance from the four around (with antialiasing: from all that the new pixel covers).</summary>
        Bilinear,

        /// <summary>The nearest one.</summary>
        Nearest,
    }

    public partial class Tensor
    {
        /// <summary>Pictures (batch, height, width, c) in another size, pixel centres at half coordinates (as tf.image.resize).</summary>
        /// <exception cref="ArgumentException">Not pictures, or a size below 1.</exception>
        public Tensor Resize(int height, int width, Interpolation interpolation = Interpolation.Bilinear, bool antialias = false)
        {
            if (Rank != 4 || height < 1 || width < 1 || Size == 0)
                throw new ArgumentException($"Resize expects pictures (batch, height, width, channels) and a size of at least 1 x 1, got shape {Shape} and {height} x {width}.");
            return new ResizeOp(Shape, [Shape[0], height, width, Shape[3]], interpolation, antialias).Apply(this);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y = A x with fixed weights A along rows and columns; dx = A' dy.</summary>
    internal sealed record ResizeOp(Shape Source, Shape Target, Interpolation Interpolation, bool Antialias) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireFloating(inputs[0]);
            return (inputs[0].DType, Target);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [new ResizeGradientOp(Source, Target, Interpolation, Antialias).Apply(upstream)];
    }

    /// <summary>dy -> dx of a <see cref="ResizeOp"/>.</summary>
    internal sealed record ResizeGradientOp(Shape Source, Shape Target, Interpolation Interpolation, bool Antialias) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Source);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [new ResizeOp(Source, Target, Interpolation, Antialias).Apply(upstream)];
    }
}
