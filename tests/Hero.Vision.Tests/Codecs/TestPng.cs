using System.Buffers.Binary;
using System.IO.Compression;
using Hero.Vision.Codecs.Png;

namespace Hero.Vision.Tests.Codecs;

/// <summary>A PNG writer for tests: any colour type, depth, interlace, filter, palette and transparency.</summary>
internal sealed record TestPng(int Width, int Height, int Depth, int Color)
{
    public bool Interlaced { get; init; }

    /// <summary>The filter of every row; -1 takes them in turn.</summary>
    public int Filter { get; init; } = -1;

    public byte[]? Palette { get; init; }

    public byte[]? Transparency { get; init; }

    /// <summary>How many chunks the pixel data is cut into.</summary>
    public int Pieces { get; init; } = 1;

    public int Samples => Color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>The file for samples given as [row][column x samples + sample], each of the picture's depth.</summary>
    public byte[] Encode(Func<int, int, int, int> sample)
    {
        using var raw = new MemoryStream();
        foreach (var (left, top, stepX, stepY) in Interlaced ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] : new[] { (0, 0, 1, 1) })
        {
            if (left >= Width) continue;
            byte[]? above = null;
            for (var y = top; y < Height; y += stepY)
            {
                var row = Pack(y, left, stepX, sample);
                above ??= new byte[row.Length];
                var filter = Filter >= 0 ? Filter : y % 5;
                var filtered = new byte[row.Length];
                PngFilter.Apply(filter, row, above, Math.Max(1, Samples * Depth / 8), filtered);
                raw.WriteByte((byte)filter);
                raw.Write(filtered);
                above = row;
            }
        }
        return Assemble(Compress(raw.ToArray()));
    }

    /// <summary>The file around compressed data.</summary>
    public byte[] Assemble(byte[] compressed)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        (header[8], header[9], header[12]) = ((byte)Depth, (byte)Color, (byte)(Interlaced ? 1 : 0));
        List<byte> file = [.. PngDecoder.Signature];
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "tEXt"u8, "Comment\0drawn by a test"u8);
        if (Palette is not null) Chunk(file, "PLTE"u8, Palette);
        if (Transparency is not null) Chunk(file, "tRNS"u8, Transparency);
        foreach (var piece in compressed.Chunk(compressed.Length / Pieces + 1)) Chunk(file, "IDAT"u8, piece);
        Chunk(file, "IEND"u8, []);
        return [.. file];
    }

    public static byte[] Compress(byte[] raw)
    {
        using var stream = new MemoryStream();
        using (var deflater = new ZLibStream(stream, CompressionLevel.Fastest)) deflater.Write(raw);
        return stream.ToArray();
    }

    public static void Chunk(List<byte> file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        file.AddRange(number);
        file.AddRange(type);
        file.AddRange(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, BitwiseCrc([.. type, .. body]));
        file.AddRange(number);
    }

    /// <summary>The CRC bit by bit, as the specification states it.</summary>
    public static uint BitwiseCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }

    private byte[] Pack(int y, int left, int step, Func<int, int, int, int> sample)
    {
        var width = (Width - left + step - 1) / step;
        var row = new byte[(width * Samples * Depth + 7) / 8];
        for (var i = 0; i < width * Samples; i++)
        {
            var value = sample(y, left + i / Samples * step, i % Samples);
            if (Depth == 16) (row[2 * i], row[2 * i + 1]) = ((byte)(value >> 8), (byte)value);
            else row[i * Depth / 8] |= (byte)(value << (8 - Depth - i * Depth % 8));
        }
        return row;
    }
}
