using System.Buffers.Binary;

namespace Hero.Vision.Codecs.Bmp;

/// <summary>
/// The headers of a BMP file, from the OS/2 core header (12 bytes) to Windows' version 5 (124 bytes), masks and palette included.
/// </summary>
internal sealed class BmpHeader
{
    public const int FileHeaderLength = 14;
    private const int CoreLength = 12, InfoLength = 40;

    public int Width { get; private init; }

    public int Height { get; private init; }

    public int BitsPerPixel { get; private init; }

    public BmpCompression Compression { get; private init; }

    /// <summary>Whether the first row in the file is the top one; usually it is the bottom one.</summary>
    public bool TopDown { get; private init; }

    /// <summary>Where the pixels begin in the file.</summary>
    public int PixelOffset { get; private init; }

    /// <summary>Red, green, blue and 255 of every palette entry; empty where pixels hold colours themselves.</summary>
    public byte[] Palette { get; private init; } = [];

    /// <summary>Bits of red, green, blue and alpha in a pixel of 16 or 32 bits.</summary>
    public uint[] Masks { get; private init; } = [];

    public bool IsRunLength => Compression is BmpCompression.RunLength8 or BmpCompression.RunLength4;

    /// <summary>Bytes of a stored row, a multiple of 4.</summary>
    public long Stride => ((long)Width * BitsPerPixel + 31) / 32 * 4;

    public static bool Recognise(ReadOnlySpan<byte> data) =>
        data.Length > FileHeaderLength && data[0] == 'B' && data[1] == 'M' && data[14] is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    public static BmpHeader Parse(ReadOnlySpan<byte> data, ImageDecodeOptions options)
    {
        if (data.Length < FileHeaderLength + 4) throw Truncated();
        var pixelOffset = BinaryPrimitives.ReadUInt32LittleEndian(data[10..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(data[14..]);
        if (length is not (12 or 40 or 52 or 56 or 64 or 108 or 124))
            throw new ImageFormatException($"The BMP file has a header of {length} bytes, which no version has.");
        if (data.Length < FileHeaderLength + length) throw Truncated();
        var info = data.Slice(FileHeaderLength, length);
        var isCore = length == CoreLength;

        long width = isCore ? BinaryPrimitives.ReadUInt16LittleEndian(info[4..]) : BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        long height = isCore ? BinaryPrimitives.ReadUInt16LittleEndian(info[6..]) : BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(info[(isCore ? 10 : 14)..]);
        var compression = isCore ? BmpCompression.None : (BmpCompression)BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        ImageDecoder.CheckSize("BMP", width, Math.Abs(height), options);
        CheckKind(bits, compression, topDown: height < 0);
        if (pixelOffset > data.Length) throw Truncated();

        var (masks, maskBytes) = ReadMasks(data, length, bits, compression);
        var used = isCore ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[32..]);
        var palette = bits > 8 ? [] : ReadPalette(data[..(int)pixelOffset], FileHeaderLength + length + maskBytes, isCore ? 3 : 4, used, bits);
        return new BmpHeader
        {
            Width = (int)width,
            Height = (int)Math.Abs(height),
            TopDown = height < 0,
            BitsPerPixel = bits,
            Compression = compression,
            PixelOffset = (int)pixelOffset,
            Masks = masks,
            Palette = palette,
        };
    }

    public static ImageFormatException Truncated() => new("The BMP data ends before the picture is complete.");

    private static void CheckKind(int bits, BmpCompression compression, bool topDown)
    {
        var allowed = compression switch
        {
            BmpCompression.None => bits is 1 or 4 or 8 or 16 or 24 or 32,
            BmpCompression.RunLength8 => bits == 8 && !topDown,
            BmpCompression.RunLength4 => bits == 4 && !topDown,
            BmpCompression.BitFields or BmpCompression.AlphaBitFields => bits is 16 or 32,
            _ => false,
        };
        if (!allowed)
        {
            var order = topDown ? ", top row first" : "";
            throw new ImageFormatException($"The BMP picture has {bits} bits a pixel and compression {(uint)compression}{order}: not a kind Hero reads.");
        }
    }

    private static (uint[] Masks, int BytesAfterHeader) ReadMasks(ReadOnlySpan<byte> data, int length, int bits, BmpCompression compression)
    {
        if (bits is not (16 or 32)) return ([], 0);
        if (compression == BmpCompression.None) return (bits == 16 ? [0x7C00, 0x3E0, 0x1F, 0] : [0xFF0000, 0xFF00, 0xFF, 0], 0);

        // In every version the masks lie behind the first 40 bytes: as part of the longer headers, behind the short one.
        var count = compression == BmpCompression.AlphaBitFields || length >= 56 ? 4 : 3;
        var start = FileHeaderLength + InfoLength;
        if (data.Length < start + 4 * count) throw Truncated();
        var masks = new uint[4];
        for (var i = 0; i < count; i++) masks[i] = BinaryPrimitives.ReadUInt32LittleEndian(data[(start + 4 * i)..]);
        return (masks, length == InfoLength ? 4 * count : 0);
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> data, int start, int entry, uint used, int bits)
    {
        var count = used is 0 or > 256 ? 1 << bits : (int)used;
        count = Math.Min(count, Math.Max(0, data.Length - start) / entry);
        if (count == 0) throw new ImageFormatException("The BMP picture uses a palette but has none.");
        var palette = new byte[4 * count];
        for (var i = 0; i < count; i++)
        {
            var color = data.Slice(start + i * entry, 3);
            (palette[4 * i], palette[4 * i + 1], palette[4 * i + 2], palette[4 * i + 3]) = (color[2], color[1], color[0], 255);
        }
        return palette;
    }
}

/// <summary>BMP's ways to store pixels.</summary>
internal enum BmpCompression : uint
{
    None = 0,
    RunLength8 = 1,
    RunLength4 = 2,
    BitFields = 3,
    AlphaBitFields = 6,
}
