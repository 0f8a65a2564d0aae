namespace Hero.Vision.Codecs.Bmp;

/// <summary>
/// BMP's run-length codes. A pair (n, v) with n > 0 paints n pixels with v (RLE4: with its two halves in turn). (0, 0) ends a row, (0, 1)
/// the picture, (0, 2) moves right and up by the next two bytes, (0, n) with n > 2 is followed by n single pixels, padded to 16 bits.
/// </summary>
internal static class BmpRunLength
{
    /// <summary>The palette index of every pixel, bottom row first; what the codes leave out is 0.</summary>
    /// <exception cref="ImageFormatException">The codes end before the picture does.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> data, BmpHeader header)
    {
        var (width, height) = (header.Width, header.Height);
        var isNibbles = header.Compression == BmpCompression.RunLength4;
        var indices = new byte[width * height];
        var (x, y, position) = (0, 0, 0);
        while (y < height)
        {
            if (data.Length - position < 2) throw BmpHeader.Truncated();
            var (count, value) = (data[position], data[position + 1]);
            position += 2;
            if (count > 0)
            {
                var run = Row(indices, x, y, width, count);
                for (var i = 0; i < run.Length; i++) run[i] = isNibbles ? Nibble(value, i) : value;
                x = Math.Min(width, x + count);
                continue;
            }
            switch (value)
            {
                case 0:
                    (x, y) = (0, y + 1);
                    break;
                case 1:
                    return indices;
                case 2:
                    if (data.Length - position < 2) throw BmpHeader.Truncated();
                    (x, y) = (Math.Min(width, x + data[position]), y + data[position + 1]);
                    position += 2;
                    break;
                default:
                    var bytes = isNibbles ? (value + 1) / 2 : value;
                    if (data.Length - position < bytes) throw BmpHeader.Truncated();
                    var single = Row(indices, x, y, width, value);
                    for (var i = 0; i < single.Length; i++) single[i] = isNibbles ? Nibble(data[position + i / 2], i) : data[position + i];
                    x = Math.Min(width, x + value);
                    position += (bytes + 1) & ~1;
                    break;
            }
        }
        return indices;
    }

    private static byte Nibble(byte pair, int index) => (byte)((index & 1) == 0 ? pair >> 4 : pair & 15);

    /// <summary>The part of a run that lies inside the row.</summary>
    private static Span<byte> Row(byte[] indices, int x, int y, int width, int count) =>
        x >= width ? [] : indices.AsSpan(y * width + x, Math.Min(count, width - x));
}
