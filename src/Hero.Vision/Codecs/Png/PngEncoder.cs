using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Vision.Codecs.Png;

/// <summary>Writes PNG with 8 bits a sample; each row takes the filter that leaves the smallest differences.</summary>
internal static class PngEncoder
{
    public static byte[] Encode(Image image)
    {
        using var compressed = new MemoryStream();
        using (var deflater = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) WriteRows(image, deflater);

        using var file = new MemoryStream((int)Math.Min(Array.MaxLength, compressed.Length + 64));
        file.Write(PngDecoder.Signature);
        Span<byte> header = stackalloc byte[PngHeader.Length];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = (byte)(image.Channels switch { 1 => PngColor.Gray, 3 => PngColor.Rgb, _ => PngColor.Rgba });
        header[10..].Clear();
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteRows(Image image, Stream stream)
    {
        var length = image.Width * image.Channels;
        var (best, trial, zero) = (new byte[length + 1], new byte[length + 1], new byte[length]);
        for (var y = 0; y < image.Height; y++)
        {
            var above = y == 0 ? zero : image.Row(y - 1);
            var least = long.MaxValue;
            for (var filter = PngFilter.None; filter <= PngFilter.Paeth; filter++)
            {
                trial[0] = (byte)filter;
                PngFilter.Apply(filter, image.Row(y), above, image.Channels, trial.AsSpan(1));
                var cost = Magnitude(trial.AsSpan(1));
                if (cost >= least) continue;
                least = cost;
                (best, trial) = (trial, best);
            }
            stream.Write(best);
        }
    }

    /// <summary>
    /// The sum of absolute values of bytes taken as signed: small sums compress well (the PNG specification's own advice).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Magnitude(ReadOnlySpan<byte> row)
    {
        var (sum, i) = (0L, 0);
        if (Vector128.IsHardwareAccelerated)
            for (; i <= row.Length - 16; i += 16)
            {
                var magnitudes = Vector128.Abs(Vector128.Create(row.Slice(i, 16)).AsSByte()).AsByte();
                sum += Vector128.Sum(Vector128.WidenLower(magnitudes) + Vector128.WidenUpper(magnitudes));
            }
        for (; i < row.Length; i++) sum += Math.Abs((int)(sbyte)row[i]);
        return sum;
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Append(0, type), body));
        stream.Write(number);
    }
}
