using Hero.Vision.Codecs;

namespace Hero.Vision;

public sealed partial class Image
{
    /// <summary>A part of the picture.</summary>
    /// <param name="x">The first column.</param>
    /// <param name="y">The first row.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is empty or reaches beyond the picture.</exception>
    public Image Crop(int x, int y, int width, int height)
    {
        if (x < 0 || y < 0 || width < 1 || height < 1 || (long)x + width > Width || (long)y + height > Height)
            throw new ArgumentOutOfRangeException(nameof(x), x, $"A part of {width} x {height} pixels at ({x}, {y}) does not lie within {this}.");
        var result = new Image(width, height, Channels);
        for (var row = 0; row < height; row++) Row(y + row).Slice(x * Channels, width * Channels).CopyTo(result.Row(row));
        return result;
    }

    /// <summary>The picture mirrored: left becomes right.</summary>
    public Image FlipLeftRight() => Orientation.Apply(this, 2);

    /// <summary>The picture mirrored: top becomes bottom.</summary>
    public Image FlipUpDown() => Orientation.Apply(this, 4);

    /// <summary>Every colour multiplied by <paramref name="factor"/>, rounded and clamped to 0 .. 255; alpha stays.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public Image AdjustBrightness(float factor)
    {
        CheckFactor(factor);
        Span<byte> table = stackalloc byte[256];
        for (var i = 0; i < 256; i++) table[i] = ToByte(i * factor);
        var result = Clone();
        for (var i = 0; i < result.pixels.Length; i++)
            if (Channels < 4 || i % 4 != 3) result.pixels[i] = table[result.pixels[i]];
        return result;
    }

    /// <summary>
    /// The distance of every colour from its channel's mean multiplied by <paramref name="factor"/>, rounded and clamped to 0 .. 255; alpha stays.
    /// TensorFlow's <c>adjust_contrast</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public Image AdjustContrast(float factor)
    {
        CheckFactor(factor);
        Span<byte> table = stackalloc byte[256];
        var result = Clone();
        for (var c = 0; c < Math.Min(Channels, 3); c++)
        {
            var sum = 0L;
            for (var i = c; i < pixels.Length; i += Channels) sum += pixels[i];
            var mean = sum / (double)(pixels.Length / Channels);
            for (var i = 0; i < 256; i++) table[i] = ToByte((i - mean) * factor + mean);
            for (var i = c; i < pixels.Length; i += Channels) result.pixels[i] = table[pixels[i]];
        }
        return result;
    }

    /// <summary>The picture in grey, 1 channel: luma as in <see cref="ColorMode.Grayscale"/>.</summary>
    public Image ToGrayscale()
    {
        var result = new Image(Width, Height, 1);
        for (var i = 0; i < result.pixels.Length; i++)
            result.pixels[i] = Channels == 1 ? pixels[i] : Luma.Of(pixels[i * Channels], pixels[i * Channels + 1], pixels[i * Channels + 2]);
        return result;
    }

    /// <summary>The picture with 3 channels: grey is repeated, alpha is dropped.</summary>
    public Image ToRgb()
    {
        var result = new Image(Width, Height, 3);
        for (var i = 0; i < Width * Height; i++)
            for (var c = 0; c < 3; c++) result.pixels[3 * i + c] = pixels[i * Channels + (Channels == 1 ? 0 : c)];
        return result;
    }

    private static byte ToByte(double value) => (byte)Math.Clamp(Math.Round(value, MidpointRounding.AwayFromZero), 0, 255);

    private static void CheckFactor(float factor)
    {
        if (!float.IsFinite(factor) || factor < 0)
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A factor must be finite and not negative.");
    }
}
