using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The mean of each window, channel by channel: (batch, height, width, c) -> (batch, outHeight, outWidth, c).</summary>
        /// <param name="poolSize">Window height and width.</param>
        /// <param name="strides">Steps; the window's size when not given.</param>
        /// <param name="padding">Padded cells are not counted (as TensorFlow).</param>
        /// <exception cref="ArgumentException">Not pictures, or the window does not fit.</exception>
        public Tensor AveragePool2D((int Height, int Width) poolSize, (int Height, int Width)? strides = null, Padding padding = default) =>
            new AveragePool2DOp(Window2D.Create(nameof(AveragePool2D), Shape, Rank == 4 ? Shape[3] : 0, poolSize, strides ?? poolSize, padding, (1, 1))).Apply(this);
    }
}

namespace Hero.Ops
{
    /// <summary>y = mean of each window; dx = dy spread evenly over it.</summary>
    internal sealed record AveragePool2DOp(Window2D Window) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireFloating(inputs[0]);
            return (inputs[0].DType, Window.OutputShape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [new AveragePool2DGradientOp(Window).Apply(upstream)];
    }

    /// <summary>dy -> dx of an <see cref="AveragePool2DOp"/>: its transpose.</summary>
    internal sealed record AveragePool2DGradientOp(Window2D Window) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Window.InputShape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [new AveragePool2DOp(Window).Apply(upstream)];
    }
}
