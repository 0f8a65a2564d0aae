using System.Buffers.Binary;
using System.Numerics;

namespace Hero.Vision.Codecs.Bmp;

/// <summary>Decodes Windows and OS/2 bitmaps: 1, 4, 8, 16, 24 and 32 bits, bit fields, both run-length codes, either row order.</summary>
internal static class BmpDecoder
{
    public static Image Decode(ReadOnlySpan<byte> data, ImageDecodeOptions options)
    {
        var header = BmpHeader.Parse(data, options);
        var stored = data[header.PixelOffset..];
        if (!header.IsRunLength && stored.Length < header.Stride * (header.Height - 1) + ((long)header.Width * header.BitsPerPixel + 7) / 8)
            throw BmpHeader.Truncated();

        var image = new Image(header.Width, header.Height, Channels(header, options.ColorMode));
        if (header.BitsPerPixel <= 8) DecodeIndices(stored, header, image);
        else DecodeColors(stored, header, image);
        return image;
    }

    private static int Channels(BmpHeader header, ColorMode mode) => mode switch
    {
        ColorMode.Grayscale => 1,
        ColorMode.Rgb => 3,
        _ when header.BitsPerPixel <= 8 => IsGray(header.Palette) ? 1 : 3,
        _ => header.Masks is [_, _, _, not 0] ? 4 : 3,
    };

    private static bool IsGray(byte[] palette)
    {
        for (var i = 0; i < palette.Length; i += 4)
            if (palette[i] != palette[i + 1] || palette[i] != palette[i + 2]) return false;
        return true;
    }

    private static int TargetRow(BmpHeader header, int storedRow) => header.TopDown ? storedRow : header.Height - 1 - storedRow;

    private static void DecodeIndices(ReadOnlySpan<byte> stored, BmpHeader header, Image image)
    {
        var (bits, palette, channels) = (header.BitsPerPixel, header.Palette, image.Channels);
        var expanded = header.IsRunLength ? BmpRunLength.Decode(stored, header) : [];
        for (var y = 0; y < header.Height; y++)
        {
            var target = image.Row(TargetRow(header, y));
            var row = header.IsRunLength ? expanded.AsSpan(y * header.Width, header.Width) : stored[(int)(y * header.Stride)..];
            for (var x = 0; x < header.Width; x++)
            {
                var bit = (long)x * bits;
                var index = header.IsRunLength || bits == 8 ? row[x] : row[(int)(bit >> 3)] >> (8 - bits - (int)(bit & 7)) & ((1 << bits) - 1);
                if (4 * index >= palette.Length)
                    throw new ImageFormatException($"A BMP pixel has colour {index} of a palette of {palette.Length / 4}.");
                var color = palette.AsSpan(4 * index, 4);
                if (channels == 1) target[x] = Luma.Of(color[0], color[1], color[2]);
                else color[..3].CopyTo(target[(3 * x)..]);
            }
        }
    }

    private static void DecodeColors(ReadOnlySpan<byte> stored, BmpHeader header, Image image)
    {
        var (bytes, channels) = (header.BitsPerPixel / 8, image.Channels);
        var fields = Array.ConvertAll(header.Masks, mask => new Field(mask));
        for (var y = 0; y < header.Height; y++)
        {
            var target = image.Row(TargetRow(header, y));
            var row = stored[(int)(y * header.Stride)..];
            for (var x = 0; x < header.Width; x++)
            {
                var pixel = row.Slice(x * bytes, bytes);
                byte red, green, blue, alpha = 255;
                if (bytes == 3) (blue, green, red) = (pixel[0], pixel[1], pixel[2]);
                else
                {
                    var value = bytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(pixel) : BinaryPrimitives.ReadUInt32LittleEndian(pixel);
                    (red, green, blue) = (fields[0].Of(value), fields[1].Of(value), fields[2].Of(value));
                    if (channels == 4) alpha = fields[3].Of(value);
                }
                var output = target.Slice(x * channels, channels);
                if (channels == 1) output[0] = Luma.Of(red, green, blue);
                else (output[0], output[1], output[2]) = (red, green, blue);
                if (channels == 4) output[3] = alpha;
            }
        }
    }

    /// <summary>Some bits of a pixel, spread over 0 .. 255 (rounded down, as Pillow does).</summary>
    private readonly struct Field(uint mask)
    {
        private readonly int shift = mask == 0 ? 0 : BitOperations.TrailingZeroCount(mask);
        private readonly ulong largest = mask == 0 ? 1 : mask >> BitOperations.TrailingZeroCount(mask);

        public byte Of(uint pixel) => (byte)((pixel & mask) >> shift == 0 ? 0 : ((pixel & mask) >> shift) * 255UL / largest);
    }
}
