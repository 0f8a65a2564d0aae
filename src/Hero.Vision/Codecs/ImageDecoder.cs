using Hero.Vision.Codecs.Bmp;
using Hero.Vision.Codecs.Jpeg;
using Hero.Vision.Codecs.Png;

namespace Hero.Vision.Codecs;

/// <summary>Recognises a picture's format by its first bytes and hands it to the decoder; holds the checks all decoders share.</summary>
internal static class ImageDecoder
{
    private const int SignatureLength = 16;

    public static Image Decode(ReadOnlySpan<byte> data, ImageDecodeOptions options) => Recognise(data) switch
    {
        Format.Jpeg => JpegDecoder.Decode(data, options),
        Format.Png => PngDecoder.Decode(data, options),
        Format.Bmp => BmpDecoder.Decode(data, options),
        _ => throw Unknown(data),
    };

    /// <summary>
    /// Reads a stream to its end. Nothing is read beyond the first bytes unless they belong to a known format, and nothing
    /// beyond what the largest allowed picture could fill.
    /// </summary>
    public static ReadOnlySpan<byte> ReadAll(Stream stream, ImageDecodeOptions options)
    {
        var head = new byte[SignatureLength];
        var filled = stream.ReadAtLeast(head, SignatureLength, throwOnEndOfStream: false);
        if (Recognise(head.AsSpan(0, filled)) == Format.Unknown) throw Unknown(head.AsSpan(0, filled));

        // 8 bytes a pixel is the most any of the formats spends (16-bit RGBA), a megabyte more is left for what is not pixels.
        var limit = (int)Math.Min(Array.MaxLength, Math.Min(options.MaxPixels, int.MaxValue) * 8 + (1 << 20));
        var left = stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) : 64 * 1024;
        if (filled + left > limit) throw TooManyBytes(limit);
        var buffer = new byte[filled + (int)left];
        head.AsSpan(0, filled).CopyTo(buffer);
        while (true)
        {
            filled += stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            if (filled < buffer.Length) return buffer.AsSpan(0, filled);
            var next = stream.ReadByte();
            if (next < 0) return buffer;
            if (filled >= limit) throw TooManyBytes(limit);
            Array.Resize(ref buffer, (int)Math.Min(limit, Math.Max(1024, buffer.Length * 2L)));
            buffer[filled++] = (byte)next;
        }
    }

    /// <summary>Checks a declared size before any memory is taken for it.</summary>
    /// <exception cref="ImageFormatException">A side is zero or the picture has more pixels than allowed.</exception>
    public static void CheckSize(string format, long width, long height, ImageDecodeOptions options)
    {
        if (width <= 0 || height <= 0)
            throw new ImageFormatException($"The {format} picture has no pixels: it declares {width} x {height}.");
        if (width > int.MaxValue || height > int.MaxValue || width * height > options.MaxPixels || width * height > Array.MaxLength / 4)
            throw new ImageFormatException(
                $"The {format} picture declares {width} x {height} pixels, the limit is {options.MaxPixels}. " +
                $"Reduce it, or raise {nameof(ImageDecodeOptions)}.{nameof(ImageDecodeOptions.MaxPixels)} if you trust its origin.");
    }

    private static Format Recognise(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith(PngDecoder.Signature)) return Format.Png;
        if (JpegDecoder.Recognise(data)) return Format.Jpeg;
        if (BmpHeader.Recognise(data)) return Format.Bmp;
        return Format.Unknown;
    }

    private static ImageFormatException Unknown(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return new("The file is empty.");
        var known = data switch
        {
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "a GIF",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "a WebP",
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "a TIFF",
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "a HEIF or AVIF",
            _ => null,
        };
        if (known is not null) return new($"This is {known} picture. Hero reads JPEG, PNG and BMP: convert it first.");
        var start = Convert.ToHexString(data[..Math.Min(8, data.Length)]);
        return new($"This is no JPEG, PNG or BMP picture (the content starts with {start}).");
    }

    private static ImageFormatException TooManyBytes(int limit) =>
        new($"The file has more than {limit} bytes, more than the largest allowed picture could fill.");

    private enum Format { Unknown, Png, Jpeg, Bmp }
}
