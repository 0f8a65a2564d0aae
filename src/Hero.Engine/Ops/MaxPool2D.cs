using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>The greatest element of each window, channel by channel: (batch, height, width, c) -> (batch, outHeight, outWidth, c).</summary>
        /// <param name="poolSize">Window height and width.</param>
        /// <param name="strides">Steps; the window's size when not given.</param>
        /// <param name="padding">Padded cells never win.</param>
        /// <exception cref="ArgumentException">Not pictures, or the window does not fit.</exception>
        public Tensor MaxPool2D((int Height, int Width) poolSize, (int Height, int Width)? strides = null, Padding padding = default) =>
            new MaxPool2DOp(Window2D.Create(nameof(MaxPool2D), Shape, Rank == 4 ? Shape[3] : 0, poolSize, strides ?? poolSize, padding, (1, 1))).Apply(this);
    }
}

namespace Hero.Ops
{
    /// <summary>y = greatest of each window; dx gets dy at the first place in the window that holds it.</summary>
    internal sealed record MaxPool2DOp(Window2D Window) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireFloating(inputs[0]);
            return (inputs[0].DType, Window.OutputShape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [new MaxPool2DGradientOp(Window).Apply(output.Inputs[0], output, upstream)];
    }

    /// <summary>(x, y, dy) -> dx of a <see cref="MaxPool2DOp"/>.</summary>
    internal sealed record MaxPool2DGradientOp(Window2D Window) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Window.InputShape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [null, null, new MaxPool2DPickOp(Window).Apply(output.Inputs[0], output.Inputs[1], upstream)];
    }

    /// <summary>(x, y, v) -> v at the places where the windows of x have their greatest: the transpose of <see cref="MaxPool2DGradientOp"/>.</summary>
    internal sealed record MaxPool2DPickOp(Window2D Window) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Window.OutputShape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [null, null, new MaxPool2DGradientOp(Window).Apply(output.Inputs[0], output.Inputs[1], upstream)];
    }
}
