using System.Buffers.Binary;

namespace Hero.Vision.Codecs.Png;

/// <summary>The IHDR chunk: size, kind of pixels, interlace.</summary>
internal readonly record struct PngHeader(int Width, int Height, int Depth, PngColor Color, bool Interlaced)
{
    public const int Length = 13;

    public int Samples => Color switch { PngColor.Rgb => 3, PngColor.GrayAlpha => 2, PngColor.Rgba => 4, _ => 1 };

    public int BitsPerPixel => Samples * Depth;

    /// <summary>Bytes of a pixel for the filters, which count at least one.</summary>
    public int FilterStride => Math.Max(1, BitsPerPixel / 8);

    public long RowBytes(int width) => ((long)width * BitsPerPixel + 7) / 8;

    public static PngHeader Parse(ReadOnlySpan<byte> chunk, ImageDecodeOptions options)
    {
        if (chunk.Length != Length) throw new ImageFormatException($"The PNG header has {chunk.Length} bytes instead of {Length}.");
        var width = BinaryPrimitives.ReadUInt32BigEndian(chunk);
        var height = BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
        ImageDecoder.CheckSize("PNG", width, height, options);
        var (depth, color) = ((int)chunk[8], (PngColor)chunk[9]);
        var allowed = color switch
        {
            PngColor.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => depth is 1 or 2 or 4 or 8,
            PngColor.Rgb or PngColor.GrayAlpha or PngColor.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!allowed)
            throw new ImageFormatException($"The PNG header declares colour type {chunk[9]} with {depth} bits, which PNG does not have.");
        if (chunk[10] != 0 || chunk[11] != 0 || chunk[12] > 1)
            throw new ImageFormatException(
                $"The PNG header declares compression {chunk[10]}, filter {chunk[11]}, interlace {chunk[12]}; PNG has 0, 0 and 0 or 1.");
        var header = new PngHeader((int)width, (int)height, depth, color, chunk[12] == 1);
        if (header.RowBytes(header.Width) >= Array.MaxLength)
            throw new ImageFormatException($"A row of the PNG picture has {width} pixels, more than fit into 2 GB.");
        return header;
    }
}

/// <summary>PNG's colour types.</summary>
internal enum PngColor : byte
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}
