using System.Buffers;
using Hero.Vision.Resizing;

namespace Hero.Vision;

public sealed partial class Image
{
    /// <summary>The picture at another size; the aspect ratio is not kept.</summary>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="interpolation">
    /// The method. Output pixel i sits at (i + 0.5) x in / out - 0.5; nearest takes the pixel under the centre, unchanged.
    /// </param>
    /// <param name="antialias">
    /// Where the picture becomes smaller, bilinear widens its triangle by the factor, so that every source pixel counts: the pixels of Pillow's
    /// BILINEAR. Without it, only the four nearest count, as in TensorFlow's resize.
    /// </param>
    /// <returns>height x width x <see cref="Channels"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the result too large for memory.</exception>
    public Image Resize(int width, int height, Interpolation interpolation = Interpolation.Bilinear, bool antialias = true)
    {
        var result = new Image(width, height, Channels);
        using var resampler = Resampler.Create(this, ResizeRegion.Whole(this), width, height, interpolation, antialias);
        for (var y = 0; y < height; y++) resampler.Row(y, result.Row(y));
        return result;
    }

    /// <summary>
    /// Resizes and normalizes into a network's input in one go: <c>destination[y, x, c] = (pixel - mean) / scale</c>. The pixel is that of
    /// <see cref="Resize"/>, rounded to a byte.
    /// </summary>
    /// <param name="destination">At least height x width x <see cref="Channels"/> values, for example one picture of an NHWC batch.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="normalization">Mean, scale and colour order; null leaves 0 .. 255.</param>
    /// <param name="interpolation">The method, as in <see cref="Resize"/>.</param>
    /// <param name="antialias">As in <see cref="Resize"/>.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public void ResizeTo(
        Span<float> destination, int width, int height, PixelNormalization? normalization = null,
        Interpolation interpolation = Interpolation.Bilinear, bool antialias = true) =>
        ResizeTo(
            destination, width, height, ResizeRegion.Whole(this), normalization ?? PixelNormalization.None, interpolation, antialias, brightness: 1);

    /// <summary>
    /// The picture as a network's input, at its own size; see <see cref="ResizeTo(Span{float}, int, int, PixelNormalization?,
    /// Interpolation, bool)"/>.
    /// </summary>
    /// <param name="destination">At least <see cref="Height"/> x <see cref="Width"/> x <see cref="Channels"/> values.</param>
    /// <param name="normalization">Mean, scale and colour order; null leaves 0 .. 255.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyTo(Span<float> destination, PixelNormalization? normalization = null) =>
        ResizeTo(destination, Width, Height, normalization, Interpolation.Nearest);

    /// <summary>Resizes a part of the picture, multiplies by a brightness, and normalizes.</summary>
    internal void ResizeTo(
        Span<float> destination, int width, int height, ResizeRegion region, PixelNormalization normalization,
        Interpolation interpolation, bool antialias, float brightness)
    {
        var rowLength = width * Channels;
        if (destination.Length < CheckedLength(width, height, Channels))
            throw new ArgumentException(
                $"A picture of {height} x {width} x {Channels} needs {height * rowLength} values, the destination has {destination.Length}.", nameof(destination));
        using var resampler = Resampler.Create(this, region, width, height, interpolation, antialias);
        var row = ArrayPool<byte>.Shared.Rent(rowLength);
        for (var y = 0; y < height; y++)
        {
            resampler.Row(y, row);
            normalization.Apply(row.AsSpan(0, rowLength), Channels, brightness, destination.Slice(y * rowLength, rowLength));
        }
        ArrayPool<byte>.Shared.Return(row);
    }
}
