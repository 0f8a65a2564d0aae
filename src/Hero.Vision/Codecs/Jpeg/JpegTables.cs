using System.Buffers.Binary;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// What the segments between the scans define: tables, the restart interval, and what the application segments tell of the colours.
/// </summary>
internal sealed class JpegTables
{
    /// <summary>Where the n-th coefficient of a block lies (row x 8 + column): the zigzag order.</summary>
    public static ReadOnlySpan<byte> Zigzag =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>Up to four quantization tables, in the order of the block (not zigzag).</summary>
    public int[]?[] Quantization { get; } = new int[4][];

    public JpegHuffmanTable?[] Dc { get; } = new JpegHuffmanTable[4];

    public JpegHuffmanTable?[] Ac { get; } = new JpegHuffmanTable[4];

    /// <summary>Minimum coded units between two restart markers; 0 for none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Whether a JFIF segment says that the colours are YCbCr.</summary>
    public bool HasJfif { get; private set; }

    /// <summary>Adobe's colour transform (0 none, 1 YCbCr, 2 YCCK), or -1 where there is no such segment.</summary>
    public int AdobeTransform { get; private set; } = -1;

    /// <summary>The EXIF orientation, 1 (upright) to 8.</summary>
    public int Orientation { get; private set; } = 1;

    /// <summary>Takes in a segment; those that matter to nobody are passed over.</summary>
    /// <exception cref="ImageFormatException">The segment is damaged.</exception>
    public void Read(byte marker, ReadOnlySpan<byte> body)
    {
        switch (marker)
        {
            case JpegMarker.QuantizationTables:
                ReadQuantization(body);
                break;
            case JpegMarker.HuffmanTables:
                ReadHuffman(body);
                break;
            case JpegMarker.RestartInterval:
                if (body.Length < 2) throw JpegSegments.Damaged("the restart interval is missing");
                RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(body);
                break;
            case JpegMarker.App0 when body.StartsWith("JFIF\0"u8):
                HasJfif = true;
                break;
            case JpegMarker.App1 when body.StartsWith("Exif\0\0"u8) && Orientation == 1:
                Orientation = Exif.ReadOrientation(body[6..]);
                break;
            case JpegMarker.App14 when body.Length >= 12 && body.StartsWith("Adobe"u8):
                AdobeTransform = body[11];
                break;
        }
    }

    private void ReadQuantization(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            var (isWide, index) = (body[0] >> 4 == 1, body[0] & 15);
            var length = isWide ? 128 : 64;
            if (body[0] >> 4 > 1 || index > 3 || body.Length <= length)
                throw JpegSegments.Damaged("a quantization table is cut short or has an unknown kind");
            var table = new int[64];
            for (var i = 0; i < 64; i++) table[Zigzag[i]] = isWide ? BinaryPrimitives.ReadUInt16BigEndian(body[(1 + 2 * i)..]) : body[1 + i];
            Quantization[index] = table;
            body = body[(1 + length)..];
        }
    }

    private void ReadHuffman(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            var (kind, index) = (body[0] >> 4, body[0] & 15);
            if (kind > 1 || index > 3 || body.Length < 17)
                throw JpegSegments.Damaged("a Huffman table is cut short or has an unknown kind");
            var counts = body.Slice(1, 16);
            var total = 0;
            foreach (var count in counts) total += count;
            if (total > 256 || body.Length < 17 + total) throw JpegSegments.Damaged($"a Huffman table of {total} symbols is cut short");
            (kind == 0 ? Dc : Ac)[index] = new JpegHuffmanTable(counts, body.Slice(17, total));
            body = body[(17 + total)..];
        }
    }
}
