using System.Buffers.Binary;
using System.Text;

namespace Hero.Vision.Codecs.Png;

/// <summary>What the chunks of a PNG file hold: the header, the palette, transparency, and the compressed pixels joined together.</summary>
internal sealed class PngChunks
{
    private const uint Ihdr = 0x49484452, Plte = 0x504C5445, Trns = 0x74524E53, Idat = 0x49444154, Iend = 0x49454E44;
    private const int Overhead = 12;

    public PngHeader Header { get; private set; }

    /// <summary>Red, green and blue of every entry; empty where there is no palette.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>The tRNS chunk: alpha of palette entries, or the transparent colour as 16-bit samples; empty where there is none.</summary>
    public byte[] Transparency { get; private set; } = [];

    public byte[] Compressed { get; private set; } = [];

    /// <summary>Walks over all chunks and checks their CRC.</summary>
    /// <exception cref="ImageFormatException">The chunks are damaged, in a wrong order, or end too early.</exception>
    public static PngChunks Read(ReadOnlySpan<byte> data, ImageDecodeOptions options)
    {
        var chunks = new PngChunks();
        var pieces = new List<Range>();
        var total = 0;
        var position = PngDecoder.Signature.Length;
        for (var first = true; ; first = false)
        {
            // Files that lack the closing chunk are common enough; whether the pixels are complete is seen when they are inflated.
            if (data.Length - position < Overhead && pieces.Count > 0) break;
            var (type, body) = Next(data, ref position);
            if (first != (type == Ihdr)) throw new ImageFormatException("The PNG data does not start with one header chunk (IHDR).");
            if (type == Iend) break;
            switch (type)
            {
                case Ihdr:
                    chunks.Header = PngHeader.Parse(data[body], options);
                    break;
                case Plte:
                    chunks.Palette = data[body].ToArray();
                    if (chunks.Palette.Length is 0 or > 768 || chunks.Palette.Length % 3 != 0)
                        throw new ImageFormatException($"The PNG palette has {chunks.Palette.Length} bytes; 3 for each of 1 to 256 colours were expected.");
                    break;
                case Trns:
                    chunks.Transparency = data[body].ToArray();
                    break;
                case Idat:
                    pieces.Add(body);
                    total += data[body].Length;
                    break;
                default:
                    // A capital first letter marks a chunk that a reader must understand.
                    if ((type >> 24 & 0x20) == 0)
                        throw new ImageFormatException($"The PNG chunk '{Name(type)}' is unknown and marked as necessary.");
                    break;
            }
        }
        if (pieces.Count == 0) throw new ImageFormatException("The PNG file has no pixel data (no IDAT chunk).");
        if (chunks.Header.Color == PngColor.Palette && chunks.Palette.Length == 0)
            throw new ImageFormatException("The PNG picture uses a palette but has none.");
        chunks.Compressed = new byte[total];
        var filled = 0;
        foreach (var piece in pieces)
        {
            data[piece].CopyTo(chunks.Compressed.AsSpan(filled));
            filled += data[piece].Length;
        }
        return chunks;
    }

    private static (uint Type, Range Body) Next(ReadOnlySpan<byte> data, ref int position)
    {
        if (data.Length - position < Overhead) throw new ImageFormatException("The PNG data ends before the picture is complete.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(data[position..]);
        var type = BinaryPrimitives.ReadUInt32BigEndian(data[(position + 4)..]);
        if (length > data.Length - position - Overhead)
            throw new ImageFormatException($"The PNG data ends inside the chunk '{Name(type)}' of {length} bytes.");
        var body = (position + 8)..(position + 8 + (int)length);
        var stored = BinaryPrimitives.ReadUInt32BigEndian(data[body.End.Value..]);
        if (Crc32.Append(0, data[(position + 4)..body.End]) != stored)
            throw new ImageFormatException($"The PNG chunk '{Name(type)}' is damaged: its checksum differs.");
        position = body.End.Value + 4;
        return (type, body);
    }

    private static string Name(uint type)
    {
        Span<byte> letters = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(letters, type);
        foreach (ref var letter in letters)
            if (!char.IsAsciiLetter((char)letter)) letter = (byte)'?';
        return Encoding.ASCII.GetString(letters);
    }
}
