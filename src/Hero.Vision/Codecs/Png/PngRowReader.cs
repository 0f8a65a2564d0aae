namespace Hero.Vision.Codecs.Png;

/// <summary>Reads the rows of a PNG picture, or of one pass of an interlaced one, and takes the filters off.</summary>
internal sealed class PngRowReader(Stream inflater, PngHeader header)
{
    private byte[] previous = new byte[header.RowBytes(header.Width) + 1];
    private byte[] current = new byte[header.RowBytes(header.Width) + 1];
    private int length;

    /// <summary>Starts a pass of <paramref name="width"/> pixels a row: the row above its first one counts as zero.</summary>
    public void StartPass(int width)
    {
        length = (int)header.RowBytes(width);
        // The next row makes this the one above.
        current.AsSpan(0, length + 1).Clear();
    }

    /// <summary>The bytes of the next row, valid until the next call.</summary>
    /// <exception cref="ImageFormatException">The data ends, or the row has an unknown filter.</exception>
    public ReadOnlySpan<byte> Next()
    {
        (previous, current) = (current, previous);
        if (inflater.ReadAtLeast(current.AsSpan(0, length + 1), length + 1, throwOnEndOfStream: false) <= length)
            throw new ImageFormatException("The PNG data ends before the picture is complete.");
        var row = current.AsSpan(1, length);
        PngFilter.Remove(current[0], row, previous.AsSpan(1, length), header.FilterStride);
        return row;
    }
}
