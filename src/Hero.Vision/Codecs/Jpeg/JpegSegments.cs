using System.Buffers.Binary;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>Walks over the marker segments of a JPEG file.</summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> data = data;

    /// <summary>Where the next marker is looked for: behind the last segment, or where a scan's data ended.</summary>
    public int Position { get; set; } = 2;

    /// <summary>The marker last found.</summary>
    public byte Marker { get; private set; }

    /// <summary>What stands behind the marker, without the length.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>
    /// Moves to the next marker; false where the data ends first. Bytes that belong to no segment are skipped, as libjpeg does.
    /// </summary>
    /// <exception cref="ImageFormatException">The data ends inside the segment.</exception>
    public bool Next()
    {
        while (true)
        {
            var next = data[Position..].IndexOf((byte)0xFF);
            if (next < 0) return false;
            Position += next;
            while (Position < data.Length && data[Position] == 0xFF) Position++;
            if (Position == data.Length) return false;
            if (data[Position++] is not 0 and var marker)
            {
                Marker = marker;
                break;
            }
        }
        Body = [];
        if (JpegMarker.StandsAlone(Marker)) return true;
        if (data.Length - Position < 2) throw Truncated();
        int length = BinaryPrimitives.ReadUInt16BigEndian(data[Position..]);
        if (length < 2) throw Damaged($"the segment {Marker:X2} declares a length of {length}");
        if (data.Length - Position < length) throw Truncated();
        Body = data.Slice(Position + 2, length - 2);
        Position += length;
        return true;
    }

    public static ImageFormatException Truncated() => new("The JPEG data ends before the picture is complete.");

    public static ImageFormatException Damaged(string what) => new($"The JPEG data is damaged: {what}.");
}
