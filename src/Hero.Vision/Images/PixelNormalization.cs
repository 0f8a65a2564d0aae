using Hero.Vision.Resizing;

namespace Hero.Vision;

/// <summary>
/// How bytes become a network's input: value = (pixel - mean) / scale, by channel, in the wanted order of colours. A network needs the one it was
/// trained with. Immutable; the ready-made ones are Keras' <c>preprocess_input</c> modes.
/// </summary>
public sealed class PixelNormalization
{
    private readonly float[] mean;
    private readonly float[] scale;

    /// <summary>The same numbers for all channels.</summary>
    /// <param name="mean">Subtracted first, in grey levels (0 .. 255).</param>
    /// <param name="scale">Divided by then, in grey levels.</param>
    /// <param name="order">The order of colours in the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mean is not finite, or the scale not finite or zero.</exception>
    public PixelNormalization(float mean, float scale, ChannelOrder order = ChannelOrder.Rgb) : this([mean], [scale], order) { }

    /// <summary>Different numbers for red, green and blue.</summary>
    /// <param name="mean">1 value, or one for each channel: red, green, blue whatever the order of the result.</param>
    /// <param name="scale">1 value, or one for each channel.</param>
    /// <param name="order">The order of colours in the result.</param>
    /// <exception cref="ArgumentException">The spans have another number of values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A mean is not finite, or a scale not finite or zero.</exception>
    public PixelNormalization(ReadOnlySpan<float> mean, ReadOnlySpan<float> scale, ChannelOrder order = ChannelOrder.Rgb)
    {
        if (mean.Length != scale.Length || mean.Length is not (1 or 3))
            throw new ArgumentException($"A normalization has 1 or 3 means and as many scales, got {mean.Length} and {scale.Length}.", nameof(mean));
        foreach (var value in mean)
            if (!float.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(mean), value, "A mean must be finite.");
        foreach (var value in scale)
            if (!float.IsFinite(value) || value == 0)
                throw new ArgumentOutOfRangeException(nameof(scale), value, "A scale must be finite and not zero.");
        (this.mean, this.scale, Order) = (mean.ToArray(), scale.ToArray(), order);
    }

    /// <summary>Bytes as they are: 0 .. 255.</summary>
    public static PixelNormalization None { get; } = new(0, 1);

    /// <summary>0 .. 1: pixel / 255.</summary>
    public static PixelNormalization ZeroToOne { get; } = new(0, 255);

    /// <summary>-1 .. 1: pixel / 127.5 - 1, Keras' mode "tf" (MobileNet, Inception, Xception).</summary>
    public static PixelNormalization TensorFlow { get; } = new(127.5f, 127.5f);

    /// <summary>ImageNet's mean and standard deviation by channel, Keras' mode "torch".</summary>
    public static PixelNormalization Torch { get; } = new([0.485f * 255, 0.456f * 255, 0.406f * 255], [0.229f * 255, 0.224f * 255, 0.225f * 255]);

    /// <summary>Blue, green, red less ImageNet's mean, not scaled: Keras' mode "caffe" (VGG, ResNet 50).</summary>
    public static PixelNormalization Caffe { get; } = new([123.68f, 116.779f, 103.939f], [1, 1, 1], ChannelOrder.Bgr);

    /// <summary>The mean of each channel (red, green, blue), or one for all.</summary>
    public IReadOnlyList<float> Mean => mean;

    /// <summary>The scale of each channel (red, green, blue), or one for all.</summary>
    public IReadOnlyList<float> Scale => scale;

    /// <summary>The order of colours in the result.</summary>
    public ChannelOrder Order { get; }

    /// <summary>
    /// Turns pixels into values: (pixel x brightness - mean) / scale. Exchanges red and blue in <paramref name="pixels"/> where the order
    /// asks for it.
    /// </summary>
    /// <param name="pixels">Interleaved pixels; overwritten.</param>
    /// <param name="channels">1, 3 or 4.</param>
    /// <param name="brightness">A factor, 1 for none.</param>
    /// <param name="destination">As many values.</param>
    internal void Apply(Span<byte> pixels, int channels, float brightness, Span<float> destination)
    {
        if (Order == ChannelOrder.Bgr && channels >= 3)
            for (var i = 0; i < pixels.Length; i += channels) (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        FloatKernels.Widen(pixels, destination);
        destination = destination[..pixels.Length];
        if (mean.Length == 1)
        {
            if (brightness != 1 || mean[0] != 0 || scale[0] != 1) FloatKernels.Normalize(destination, brightness, mean, scale);
            return;
        }
        if (channels != 3)
            throw new InvalidOperationException(
                $"A normalization with a mean for each of three colours was given a picture of {channels} channels: decode it as RGB.");
        FloatKernels.Normalize(destination, brightness, Repeat(mean, destination.Length), Repeat(scale, destination.Length));
    }

    private float[] Repeat(float[] colors, int length)
    {
        var row = new float[length];
        for (var i = 0; i < length; i++) row[i] = colors[Order == ChannelOrder.Bgr ? 2 - i % 3 : i % 3];
        return row;
    }
}
