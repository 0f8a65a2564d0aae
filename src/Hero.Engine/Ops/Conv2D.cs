using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>
        /// 2-D convolution (cross-correlation, as every framework means it) of pictures (batch, height, width, in) with filters
        /// (kernelHeight, kernelWidth, in / groups, out): y[b, i, j, o] = sum x[b, i s + u d - p, j s + v d - p, c] f[u, v, c, o].
        /// </summary>
        /// <param name="filter">(kernelHeight, kernelWidth, in / groups, out).</param>
        /// <param name="strides">Pixels from one output to the next.</param>
        /// <param name="padding">What surrounds the pictures.</param>
        /// <param name="dilation">Pixels from one filter element to the next.</param>
        /// <param name="groups">Channels are cut into so many groups, each with its own filters.</param>
        /// <param name="precision">How exactly to multiply float32; null for <see cref="DefaultMatmulPrecision"/>.</param>
        /// <returns>(batch, outHeight, outWidth, out).</returns>
        /// <exception cref="ArgumentException">Channels do not match the filter's, or the window does not fit.</exception>
        public Tensor Conv2D(
            Tensor filter, (int Height, int Width)? strides = null, Padding padding = default, (int Height, int Width)? dilation = null,
            int groups = 1, MatmulPrecision? precision = null)
        {
            ArgumentNullException.ThrowIfNull(filter);
            if (filter.Rank != 4) throw new ArgumentException($"Conv2D expects a filter of shape (height, width, in / groups, out), got {filter.Shape}.", nameof(filter));
            var window = Window2D.Create(nameof(Conv2D), Shape, filter.Shape[3], (filter.Shape[0], filter.Shape[1]), strides ?? (1, 1), padding, dilation ?? (1, 1), groups);
            if (groups < 1 || Shape[3] % groups != 0 || filter.Shape[3] % groups != 0 || filter.Shape[2] != Shape[3] / groups)
                throw new ArgumentException($"Conv2D of {Shape[3]} channels in {groups} groups expects a filter of shape ({filter.Shape[0]}, {filter.Shape[1]}, {Shape[3] / Math.Max(groups, 1)}, out), out a multiple of {groups}; got {filter.Shape}.", nameof(filter));
            return Conv2DOp.Of(window, depthwise: false, this, filter, precision);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>
    /// y = x * f; the three of them, y, dx and df, are each the gradient of the others, so any order of derivative works. Depthwise:
    /// each channel with its own filters. Of bfloat16 they give float32: the sums as they are.
    /// </summary>
    internal sealed record Conv2DOp(Window2D Window, bool Depthwise, MatmulPrecision Precision = MatmulPrecision.Highest) : Op
    {
        public override string Name => Depthwise ? nameof(Tensor.DepthwiseConv2D) : nameof(Tensor.Conv2D);

        /// <summary>The convolution of two values that meet in one type, in that type.</summary>
        public static Tensor Of(Window2D window, bool depthwise, Tensor x, Tensor filter, MatmulPrecision? precision)
        {
            var type = DTypes.Promote(x.DType, filter.DType);
            return new Conv2DOp(window, depthwise, MatmulPrecisions.Of(type, precision)).Apply(x.Cast(type), filter.Cast(type)).Cast(type);
        }

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireSameType(inputs);
            RequireFloating(inputs[0]);
            return (DTypes.Arithmetic(inputs[0].DType), Window.OutputShape);
        }

        public override double Flops(Tensor output) => Window.Flops;

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (x, f, dy) = (output.Inputs[0], output.Inputs[1], upstream.Cast(output.Inputs[0].DType));
            return
            [
                new Conv2DInputGradientOp(Window, Depthwise, Precision).Apply(dy, f).Cast(x.DType),
                new Conv2DFilterGradientOp(Window, Depthwise, Precision).Apply(x, dy).Cast(f.DType),
            ];
        }
    }

    /// <summary>(dy, f) -> dx of a <see cref="Conv2DOp"/>.</summary>
    internal sealed record Conv2DInputGradientOp(Window2D Window, bool Depthwise, MatmulPrecision Precision = MatmulPrecision.Highest) : Op
    {
        public override string Name => Depthwise ? "DepthwiseConv2DInputGradient" : "Conv2DInputGradient";

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (DTypes.Arithmetic(inputs[0].DType), Window.InputShape);

        public override double Flops(Tensor output) => Window.Flops;

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (dy, f, v) = (output.Inputs[0], output.Inputs[1], upstream.Cast(output.Inputs[0].DType));
            return
            [
                new Conv2DOp(Window, Depthwise, Precision).Apply(v, f).Cast(dy.DType),
                new Conv2DFilterGradientOp(Window, Depthwise, Precision).Apply(v, dy).Cast(f.DType),
            ];
        }
    }

    /// <summary>(x, dy) -> df of a <see cref="Conv2DOp"/>.</summary>
    internal sealed record Conv2DFilterGradientOp(Window2D Window, bool Depthwise, MatmulPrecision Precision = MatmulPrecision.Highest) : Op
    {
        public override string Name => Depthwise ? "DepthwiseConv2DFilterGradient" : "Conv2DFilterGradient";

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (DTypes.Arithmetic(inputs[0].DType), Depthwise
            ? [Window.KernelHeight, Window.KernelWidth, Window.InChannels, Window.OutChannels / Window.InChannels]
            : [Window.KernelHeight, Window.KernelWidth, Window.InChannels / Window.Groups, Window.OutChannels]);

        public override double Flops(Tensor output) => Window.Flops;

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (x, dy, v) = (output.Inputs[0], output.Inputs[1], upstream.Cast(output.Inputs[0].DType));
            return
            [
                new Conv2DInputGradientOp(Window, Depthwise, Precision).Apply(dy, v).Cast(x.DType),
                new Conv2DOp(Window, Depthwise, Precision).Apply(x, v).Cast(dy.DType),
            ];
        }
    }
}
