namespace Hero.Vision;

/// <summary>
/// A picture in memory: <see cref="Height"/> rows of <see cref="Width"/> pixels of <see cref="Channels"/> bytes (0 .. 255), row-major
/// and interleaved (height, width, channel): the layout the networks read. An ordinary object, nothing to dispose.
/// </summary>
public sealed partial class Image
{
    private readonly byte[] pixels;

    /// <summary>A black picture (transparent, where it has an alpha channel).</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (grey), 3 (red, green, blue) or 4 (red, green, blue, alpha).</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A size is not positive, the channel count is another, or the pixels would fill more than 2 GB.
    /// </exception>
    public Image(int width, int height, int channels = 3) : this(width, height, channels, new byte[CheckedLength(width, height, channels)]) { }

    /// <summary>A picture over pixels that exist already; the array is used, not copied.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1, 3 or 4.</param>
    /// <param name="pixels">height x width x channels bytes.</param>
    /// <exception cref="ArgumentException">The array has another length than height x width x channels.</exception>
    public Image(int width, int height, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var length = CheckedLength(width, height, channels);
        if (pixels.Length != length)
            throw new ArgumentException(
                $"A picture of {width} x {height} pixels and {channels} channels needs {length} bytes, got {pixels.Length}.", nameof(pixels));
        (Width, Height, Channels, this.pixels) = (width, height, channels, pixels);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Bytes of a pixel: 1 (grey), 3 (red, green, blue) or 4 (red, green, blue, alpha).</summary>
    public int Channels { get; }

    /// <summary>All pixels, height x width x channels bytes; the picture's own memory, writable.</summary>
    public Span<byte> Pixels => pixels;

    /// <summary>One sample, readable and writable.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, column or channel.</exception>
    public ref byte this[int y, int x, int channel]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height, nameof(y));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Width, nameof(x));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)channel, (uint)Channels, nameof(channel));
            return ref pixels[((long)y * Width + x) * Channels + channel];
        }
    }

    /// <summary>The pixels of one row, width x channels bytes; the picture's own memory, writable.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<byte> Row(int y)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height, nameof(y));
        return pixels.AsSpan(y * Width * Channels, Width * Channels);
    }

    /// <summary>A copy with memory of its own.</summary>
    public Image Clone() => new(Width, Height, Channels, (byte[])pixels.Clone());

    /// <summary>Size and channels, for example "Image 160 x 120 x 3".</summary>
    public override string ToString() => $"Image {Width} x {Height} x {Channels}";

    private static int CheckedLength(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 (grey), 3 (RGB) or 4 (RGBA) channels.");
        var length = (Int128)width * height * channels;
        if (length > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(width), width, $"A picture of {width} x {height} x {channels} would fill more than {Array.MaxLength} bytes.");
        return (int)length;
    }
}
