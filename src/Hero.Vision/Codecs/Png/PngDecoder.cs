using System.IO.Compression;

namespace Hero.Vision.Codecs.Png;

/// <summary>
/// Decodes PNG (ISO/IEC 15948): every colour type and depth, palettes, transparency, interlace. 16-bit samples keep their high byte.
/// </summary>
internal static class PngDecoder
{
    // The most that one byte of Deflate data can expand to: a 258-byte match of two bits.
    private const int LargestExpansion = 1032;

    /// <summary>Adam7: first column, first row, column step, row step of each pass.</summary>
    private static ReadOnlySpan<byte> Passes => [0, 0, 8, 8, 4, 0, 8, 8, 0, 4, 4, 8, 2, 0, 4, 4, 0, 2, 2, 4, 1, 0, 2, 2, 0, 1, 1, 2];

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static Image Decode(ReadOnlySpan<byte> data, ImageDecodeOptions options)
    {
        var chunks = PngChunks.Read(data, options);
        var header = chunks.Header;
        var least = (header.RowBytes(header.Width) + 1) * header.Height / LargestExpansion;
        if (chunks.Compressed.Length < least)
            throw new ImageFormatException(
                $"The PNG data ends before the picture is complete: {chunks.Compressed.Length} bytes cannot hold {header.Width} x {header.Height} pixels.");

        var converter = new PngRowConverter(chunks, options.ColorMode);
        var image = new Image(header.Width, header.Height, converter.Channels);
        using var inflater = new ZLibStream(new MemoryStream(chunks.Compressed), CompressionMode.Decompress);
        try
        {
            var rows = new PngRowReader(inflater, header);
            if (header.Interlaced) ReadInterlaced(rows, converter, image);
            else
            {
                rows.StartPass(header.Width);
                for (var y = 0; y < header.Height; y++) converter.Convert(rows.Next(), header.Width, image.Row(y));
            }
            // The stream checks its own checksum once its end is read.
            _ = inflater.ReadByte();
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new ImageFormatException("The PNG pixel data is damaged.", e);
        }
        return image;
    }

    private static void ReadInterlaced(PngRowReader rows, PngRowConverter converter, Image image)
    {
        var channels = image.Channels;
        var row = new byte[image.Width * channels];
        for (var pass = 0; pass < 7; pass++)
        {
            var (left, top, stepX, stepY) = (Passes[4 * pass], Passes[4 * pass + 1], Passes[4 * pass + 2], Passes[4 * pass + 3]);
            var width = (image.Width - left + stepX - 1) / stepX;
            if (width == 0) continue;
            rows.StartPass(width);
            for (var y = (int)top; y < image.Height; y += stepY)
            {
                converter.Convert(rows.Next(), width, row);
                var target = image.Row(y);
                for (var x = 0; x < width; x++) row.AsSpan(x * channels, channels).CopyTo(target[((left + x * stepX) * channels)..]);
            }
        }
    }
}
