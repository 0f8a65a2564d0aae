using System.Buffers.Binary;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>The frame header of a JPEG picture and what follows from it.</summary>
internal sealed class JpegFrame
{
    public int Width { get; private init; }

    public int Height { get; private init; }

    public bool IsProgressive { get; private init; }

    public JpegComponent[] Components { get; private init; } = [];

    /// <summary>The largest sampling factors of the components: a coded unit spans 8 times as many pixels.</summary>
    public int MaxHorizontal { get; private init; }

    /// <inheritdoc cref="MaxHorizontal"/>
    public int MaxVertical { get; private init; }

    /// <summary>Pixels that 8 x 8 pixels become in each direction: 8, 4, 2 or 1.</summary>
    public int BlockSize { get; private set; } = 8;

    public int OutputWidth => DivideUp(Width * BlockSize, 8);

    public int OutputHeight => DivideUp(Height * BlockSize, 8);

    /// <summary>Minimum coded units in a row and in a column.</summary>
    public int UnitsPerRow => DivideUp(Width, 8 * MaxHorizontal);

    /// <inheritdoc cref="UnitsPerRow"/>
    public int UnitRows => DivideUp(Height, 8 * MaxVertical);

    public static int DivideUp(int value, int divisor) => (value + divisor - 1) / divisor;

    /// <summary>Reads the frame header and checks all it says.</summary>
    /// <exception cref="ImageFormatException">It is damaged, of an unsupported kind, or the picture is larger than allowed.</exception>
    public static JpegFrame Parse(byte marker, ReadOnlySpan<byte> body, ImageDecodeOptions options)
    {
        CheckKind(marker);
        if (body.Length < 6 || body.Length < 6 + 3 * body[5]) throw JpegSegments.Damaged("the frame header is cut short");
        if (body[0] != 8)
            throw new ImageFormatException($"This JPEG picture has {body[0]} bits a sample. Hero reads 8 bits: convert it first.");
        int height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        ImageDecoder.CheckSize("JPEG", width, height, options);
        if (body[5] == 4)
            throw new ImageFormatException("This JPEG picture is in CMYK, the colours of printing. Hero reads grey and RGB pictures: convert it first.");
        if (body[5] is not (1 or 3))
            throw new ImageFormatException($"This JPEG picture has {body[5]} components. Hero reads 1 (grey) or 3 (colour).");

        var components = new JpegComponent[body[5]];
        for (var i = 0; i < components.Length; i++)
        {
            var entry = body.Slice(6 + 3 * i, 3);
            var (horizontal, vertical) = (entry[1] >> 4, entry[1] & 15);
            if (horizontal is < 1 or > 4 || vertical is < 1 or > 4 || entry[2] > 3)
                throw JpegSegments.Damaged($"a component has sampling factors {horizontal} x {vertical} and quantization table {entry[2]}");
            // A single component has nothing to be sampled against: a coded unit is one block, whatever the factors (T.81, A.2.2).
            components[i] = components.Length == 1 ? new(entry[0], 1, 1, entry[2]) : new(entry[0], horizontal, vertical, entry[2]);
        }
        return new JpegFrame
        {
            Width = width,
            Height = height,
            IsProgressive = marker == JpegMarker.FrameProgressive,
            Components = components,
            MaxHorizontal = components.Max(component => component.Horizontal),
            MaxVertical = components.Max(component => component.Vertical),
        };
    }

    /// <summary>Chooses the decoded size and takes the memory.</summary>
    /// <param name="targetWidth">The width that will be needed, or 0 for the full size; the decoded picture is no smaller.</param>
    /// <param name="targetHeight">The height that will be needed, or 0 for the full size.</param>
    /// <param name="bytesLeft">Bytes of the file that are left for the picture.</param>
    /// <exception cref="ImageFormatException">So few bytes cannot hold so many pixels.</exception>
    public void Allocate(int targetWidth, int targetHeight, long bytesLeft)
    {
        if (targetWidth > 0 && targetHeight > 0)
            while (BlockSize > 1 && DivideUp(Width * BlockSize / 2, 8) >= targetWidth && DivideUp(Height * BlockSize / 2, 8) >= targetHeight) BlockSize /= 2;
        foreach (var component in Components) component.Place(this);

        // Every block takes at least the one bit that codes its mean.
        if (Components.Sum(component => (long)component.BlocksPerRow * component.BlockRows) / 8 > bytesLeft) throw JpegSegments.Truncated();
        foreach (var component in Components) component.Allocate(this);
    }

    public void Release()
    {
        foreach (var component in Components) component.Release();
    }

    private static void CheckKind(byte marker)
    {
        if (marker <= JpegMarker.FrameProgressive) return;
        var kind = marker switch
        {
            JpegMarker.FrameLossless or 0xC7 or 0xCB or 0xCF => "lossless",
            >= JpegMarker.FrameArithmetic => "arithmetic-coded",
            _ => "hierarchical",
        };
        throw new ImageFormatException($"This JPEG picture is {kind}, a rare kind. Hero reads baseline, extended and progressive ones: convert it first.");
    }
}
