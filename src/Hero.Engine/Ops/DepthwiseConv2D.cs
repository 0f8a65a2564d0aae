using Hero.Ops;

namespace Hero;

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
        return Conv2DOp.Of(window, depthwise: true, this, filter, MatmulPrecision.Highest);
    }
}
