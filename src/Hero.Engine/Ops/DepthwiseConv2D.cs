using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>
        /// Convolution of each channel with its own filters: pictures (batch, height, width, c), filters (kernelHeight, kernelWidth,
        /// c, multiplier); output channel c * multiplier + m comes from channel c alone.
        /// </summary>
        /// <returns>(batch, outHeight, outWidth, c * multiplier).</returns>
        /// <exception cref="ArgumentException">Channels do not match the filter's, or the window does not fit.</exception>
        public Tensor DepthwiseConv2D(Tensor filter, (int Height, int Width)? strides = null, Padding padding = default, (int Height, int Width)? dilation = null)
        {
            ArgumentNullException.ThrowIfNull(filter);
            if (Rank != 4 || filter.Rank != 4 || filter.Shape[2] != Shape[3])
                throw new ArgumentException($"DepthwiseConv2D expects pictures (batch, height, width, c) and a filter (height, width, c, multiplier), got {Shape} and {filter.Shape}.", nameof(filter));
            var window = Window2D.Create(nameof(DepthwiseConv2D), Shape, checked(filter.Shape[2] * filter.Shape[3]), (filter.Shape[0], filter.Shape[1]), strides ?? (1, 1), padding, dilation ?? (1, 1), Shape[3]);
            return new DepthwiseConv2DOp(window).Apply(this, filter);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>y = x * f channel by channel; y, dx and df are each the gradient of the others, as for <see cref="Conv2DOp"/>.</summary>
    internal sealed record DepthwiseConv2DOp(Window2D Window) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireSameType(inputs);
            RequireFloating(inputs[0]);
            return (inputs[0].DType, Window.OutputShape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        [
            new DepthwiseConv2DInputGradientOp(Window).Apply(upstream, output.Inputs[1]),
            new DepthwiseConv2DFilterGradientOp(Window).Apply(output.Inputs[0], upstream),
        ];
    }

    /// <summary>(dy, f) -> dx of a <see cref="DepthwiseConv2DOp"/>.</summary>
    internal sealed record DepthwiseConv2DInputGradientOp(Window2D Window) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, Window.InputShape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        [
            new DepthwiseConv2DOp(Window).Apply(upstream, output.Inputs[1]),
            new DepthwiseConv2DFilterGradientOp(Window).Apply(upstream, output.Inputs[0]),
        ];
    }

    /// <summary>(x, dy) -> df of a <see cref="DepthwiseConv2DOp"/>.</summary>
    internal sealed record DepthwiseConv2DFilterGradientOp(Window2D Window) : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) =>
            (inputs[0].DType, [Window.KernelHeight, Window.KernelWidth, Window.InChannels, Window.OutChannels / Window.InChannels]);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
        [
            new DepthwiseConv2DInputGradientOp(Window).Apply(output.Inputs[1], upstream),
            new DepthwiseConv2DOp(Window).Apply(output.Inputs[0], upstream),
        ];
    }
}
