using System.Buffers.Binary;

namespace Hero.Vision.Codecs.Png;

/// <summary>Turns the bytes of a PNG row, whatever its colour type and depth, into pixels of 1, 3 or 4 bytes.</summary>
internal sealed class PngRowConverter
{
    private readonly PngHeader header;
    private readonly byte[] samples;
    private readonly byte[] palette = new byte[256 * 4];
    private readonly int colors;
    private readonly int[] transparent;

    public PngRowConverter(PngChunks chunks, ColorMode mode)
    {
        header = chunks.Header;
        samples = header.Depth == 8 ? [] : new byte[(long)header.Width * header.Samples];
        var isPalette = header.Color == PngColor.Palette;
        var hasKey = !isPalette && chunks.Transparency.Length >= 2 * header.Samples && header.Color is PngColor.Gray or PngColor.Rgb;
        var hasAlpha = header.Color is PngColor.GrayAlpha or PngColor.Rgba || hasKey || (isPalette && chunks.Transparency.Length > 0);
        Channels = mode switch
        {
            ColorMode.Grayscale => 1,
            ColorMode.Rgb => 3,
            _ when hasAlpha => 4,
            _ => header.Color == PngColor.Gray ? 1 : 3,
        };
        transparent = hasKey && Channels == 4 ? new int[header.Samples] : [];
        for (var i = 0; i < transparent.Length; i++) transparent[i] = BinaryPrimitives.ReadUInt16BigEndian(chunks.Transparency.AsSpan(2 * i));
        colors = chunks.Palette.Length / 3;
        for (var i = 0; i < colors; i++)
        {
            chunks.Palette.AsSpan(3 * i, 3).CopyTo(palette.AsSpan(4 * i));
            palette[4 * i + 3] = isPalette && i < chunks.Transparency.Length ? chunks.Transparency[i] : (byte)255;
        }
    }

    /// <summary>Bytes of an output pixel.</summary>
    public int Channels { get; }

    /// <summary>Writes <paramref name="width"/> pixels.</summary>
    /// <param name="raw">The row as stored, filters removed.</param>
    /// <param name="width">Pixels in the row.</param>
    /// <param name="target">At least width x <see cref="Channels"/> bytes.</param>
    /// <exception cref="ImageFormatException">A pixel names a colour beyond the palette.</exception>
    public void Convert(ReadOnlySpan<byte> raw, int width, Span<byte> target)
    {
        var source = header.Depth == 8 ? raw : Unpack(raw, width);
        switch (header.Color)
        {
            case PngColor.Palette:
                FromPalette(source[..width], target);
                break;
            case PngColor.Rgb when Channels == 3:
            case PngColor.Rgba when Channels == 4:
            case PngColor.Gray when Channels == 1:
                source[..(width * Channels)].CopyTo(target);
                break;
            default:
                FromSamples(source, width, target);
                break;
        }
        if (transparent.Length > 0) MarkTransparent(raw, width, target);
    }

    /// <summary>
    /// To 8 bits: a wide sample keeps its high byte, a narrow grey is spread over 0 .. 255, a palette index stays what it is.
    /// </summary>
    private ReadOnlySpan<byte> Unpack(ReadOnlySpan<byte> raw, int width)
    {
        var count = width * header.Samples;
        if (header.Depth == 16)
        {
            for (var i = 0; i < count; i++) samples[i] = raw[2 * i];
            return samples;
        }
        var factor = header.Color == PngColor.Palette ? 1 : 255 / ((1 << header.Depth) - 1);
        for (var i = 0; i < count; i++) samples[i] = (byte)(Narrow(raw, i) * factor);
        return samples;
    }

    private int Narrow(ReadOnlySpan<byte> raw, int index)
    {
        var bit = (long)index * header.Depth;
        return raw[(int)(bit >> 3)] >> (8 - header.Depth - (int)(bit & 7)) & ((1 << header.Depth) - 1);
    }

    private void FromPalette(ReadOnlySpan<byte> indices, Span<byte> target)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= colors) throw new ImageFormatException($"A PNG pixel has colour {indices[i]} of a palette of {colors}.");
            var color = palette.AsSpan(4 * indices[i], 4);
            if (Channels == 1) target[i] = Luma.Of(color[0], color[1], color[2]);
            else color[..Channels].CopyTo(target[(i * Channels)..]);
        }
    }

    private void FromSamples(ReadOnlySpan<byte> source, int width, Span<byte> target)
    {
        var stride = header.Samples;
        var isGray = stride < 3;
        for (var x = 0; x < width; x++)
        {
            var pixel = source.Slice(x * stride, stride);
            if (Channels == 1)
            {
                target[x] = isGray ? pixel[0] : Luma.Of(pixel[0], pixel[1], pixel[2]);
                continue;
            }
            var output = target.Slice(x * Channels, Channels);
            (output[0], output[1], output[2]) = isGray ? (pixel[0], pixel[0], pixel[0]) : (pixel[0], pixel[1], pixel[2]);
            if (Channels == 4) output[3] = stride is 2 or 4 ? pixel[^1] : (byte)255;
        }
    }

    /// <summary>Clears the alpha of pixels that have exactly the transparent colour, at the file's own depth.</summary>
    private void MarkTransparent(ReadOnlySpan<byte> raw, int width, Span<byte> target)
    {
        for (var x = 0; x < width; x++)
        {
            var equal = true;
            for (var i = 0; i < transparent.Length; i++)
            {
                var index = x * transparent.Length + i;
                var value = header.Depth switch
                {
                    16 => BinaryPrimitives.ReadUInt16BigEndian(raw[(2 * index)..]),
                    8 => raw[index],
                    _ => Narrow(raw, index),
                };
                equal &= value == transparent[i];
            }
            if (equal) target[4 * x + 3] = 0;
        }
    }
}
