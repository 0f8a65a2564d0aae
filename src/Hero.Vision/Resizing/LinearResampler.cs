using System.Buffers;
using System.Runtime.Intrinsics;
using Hero.Vision.Simd;

namespace Hero.Vision.Resizing;

/// <summary>
/// Separable triangle filter in fixed point: along the rows first, rounded to bytes, then down the columns; order and rounding are Pillow's.
/// </summary>
internal sealed class LinearResampler : Resampler
{
    private readonly ResampleTable vertical;
    private readonly int rowBytes;
    private byte[] narrowed;

    public LinearResampler(Image image, ResizeRegion region, int width, int height, bool antialias)
    {
        var horizontal = new ResampleTable(image.Width, region.Left, region.Width, width, antialias, region.Mirrored);
        vertical = new ResampleTable(image.Height, region.Top, region.Height, height, antialias, mirrored: false);
        rowBytes = width * image.Channels;
        var rows = vertical.Last - vertical.First;
        var length = Math.Max((long)rows * rowBytes, 64L * image.Width);
        if (length > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(width), width, $"Resizing {image} to {width} x {height} would need {length} bytes in between: resize in two steps.");
        narrowed = ArrayPool<byte>.Shared.Rent(rows * rowBytes);
        var source = image.Pixels.Slice(vertical.First * image.Width * image.Channels, rows * image.Width * image.Channels);
        if (horizontal.IsIdentity) source.CopyTo(narrowed);
        else if (Vector512.IsHardwareAccelerated) ResampleKernels.Horizontal<Lanes16>(source, image.Width, image.Channels, horizontal, narrowed);
        else if (Vector256.IsHardwareAccelerated) ResampleKernels.Horizontal<Lanes8>(source, image.Width, image.Channels, horizontal, narrowed);
        else if (Vector128.IsHardwareAccelerated) ResampleKernels.Horizontal<Lanes4>(source, image.Width, image.Channels, horizontal, narrowed);
        else ResampleKernels.HorizontalScalar(source, image.Width, image.Channels, horizontal, narrowed);
    }

    public override void Row(int y, Span<byte> target)
    {
        var weights = vertical.Weights(y, out var first);
        var source = narrowed.AsSpan((first - vertical.First) * rowBytes, weights.Length * rowBytes);
        target = target[..rowBytes];
        if (weights.Length == 1) source.CopyTo(target);
        else if (Vector512.IsHardwareAccelerated) ResampleKernels.Vertical<Lanes16>(source, weights, target);
        else if (Vector256.IsHardwareAccelerated) ResampleKernels.Vertical<Lanes8>(source, weights, target);
        else if (Vector128.IsHardwareAccelerated) ResampleKernels.Vertical<Lanes4>(source, weights, target);
        else ResampleKernels.Vertical<Lanes1>(source, weights, target);
    }

    public override void Dispose()
    {
        if (narrowed.Length > 0) ArrayPool<byte>.Shared.Return(narrowed);
        narrowed = [];
    }
}
