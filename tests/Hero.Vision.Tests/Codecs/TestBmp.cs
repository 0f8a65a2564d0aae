using System.Buffers.Binary;

namespace Hero.Vision.Tests.Codecs;

/// <summary>A BMP writer for tests: any header version, depth, mask, row order; the pixel data may be given ready-made.</summary>
internal sealed record TestBmp(int Width, int Height, int Bits)
{
    public int HeaderLength { get; init; } = 40;

    public int Compression { get; init; }

    public bool TopDown { get; init; }

    /// <summary>Red, green, blue (and alpha) masks.</summary>
    public uint[] Masks { get; init; } = [];

    /// <summary>Blue, green, red of every entry.</summary>
    public byte[] Palette { get; init; } = [];

    /// <summary>The file for pixel values (palette indices or packed colours) by row from the top, and column.</summary>
    public byte[] Encode(Func<int, int, uint> pixel)
    {
        var stride = (Width * Bits + 31) / 32 * 4;
        var data = new byte[stride * Height];
        for (var y = 0; y < Height; y++)
        {
            var row = data.AsSpan((TopDown ? y : Height - 1 - y) * stride);
            for (var x = 0; x < Width; x++)
            {
                if (Bits < 8) row[x * Bits / 8] |= (byte)(pixel(y, x) << (8 - Bits - x * Bits % 8));
                else
                    for (var i = 0; i < Bits / 8; i++) row[x * Bits / 8 + i] = (byte)(pixel(y, x) >> (8 * i));
            }
        }
        return Assemble(data);
    }

    /// <summary>The file around pixel data.</summary>
    public byte[] Assemble(byte[] data)
    {
        var isCore = HeaderLength == 12;
        var masks = new byte[4 * Masks.Length];
        for (var i = 0; i < Masks.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(masks.AsSpan(4 * i), Masks[i]);
        var info = new byte[HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(info, HeaderLength);
        if (isCore)
        {
            BinaryPrimitives.WriteInt16LittleEndian(info.AsSpan(4), (short)Width);
            BinaryPrimitives.WriteInt16LittleEndian(info.AsSpan(6), (short)Height);
            (info[8], info[10]) = (1, (byte)Bits);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(4), Width);
            BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(8), TopDown ? -Height : Height);
            (info[12], info[14], info[16]) = (1, (byte)Bits, (byte)Compression);
            BinaryPrimitives.WriteInt32LittleEndian(info.AsSpan(32), Palette.Length / 3 % (1 << Math.Min(Bits, 8)));
            if (HeaderLength > 40) masks.CopyTo(info, 40);
        }
        byte[] palette = [.. Palette.Chunk(3).SelectMany(color => isCore ? color : [.. color, (byte)0])];
        byte[] head = [.. info, .. HeaderLength == 40 ? masks : [], .. palette];
        var file = new byte[14];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), 14 + head.Length + data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 14 + head.Length);
        return [.. file, .. head, .. data];
    }
}
