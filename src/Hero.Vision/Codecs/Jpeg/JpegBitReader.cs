using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// Reads the bits of a scan: removes the zero byte stuffed behind each 0xFF and stops at a marker or the end of the data, where it goes on
/// with zero bits. Those are counted, so that <see cref="ThrowIfExhausted"/> can tell.
/// </summary>
internal ref struct JpegBitReader(ReadOnlySpan<byte> data, int position)
{
    private readonly ReadOnlySpan<byte> data = data;
    private int padding;

    /// <summary>The next bits, the first one highest. Only <see cref="Count"/> of them have been accounted for.</summary>
    public ulong Buffer;

    /// <summary>How many bits of <see cref="Buffer"/> may be used.</summary>
    public int Count;

    /// <summary>Where the bytes not yet in the buffer begin.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Makes at least 32 bits available: enough for a code and the value behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ensure()
    {
        if (Count < 32) Refill();
    }

    /// <summary>Fills the buffer to at least 56 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Refill()
    {
        if (data.Length - Position >= 8)
        {
            var next = BinaryPrimitives.ReadUInt64BigEndian(data[Position..]);
            // No byte is 0xFF when no byte of the complement is zero.
            if ((~next - 0x0101010101010101UL & next & 0x8080808080808080UL) == 0)
            {
                Buffer |= next >> Count;
                var bytes = (63 - Count) >> 3;
                Position += bytes;
                Count += 8 * bytes;
                return;
            }
        }
        while (Count <= 56)
        {
            ulong value = 0;
            if (Position >= data.Length || (data[Position] == 0xFF && (Position + 1 >= data.Length || data[Position + 1] != 0))) padding += 8;
            else
            {
                value = data[Position];
                Position += value == 0xFF ? 2 : 1;
            }
            Buffer |= value << (56 - Count);
            Count += 8;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int bits)
    {
        Buffer <<= bits;
        Count -= bits;
    }

    /// <summary>The next bits as an unsigned number; 1 to 16 of them, made available before by <see cref="Ensure"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(int bits)
    {
        var value = (int)(Buffer >> (64 - bits));
        Skip(bits);
        return value;
    }

    /// <summary>One bit, made available if need be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadBit()
    {
        Ensure();
        return Read(1);
    }

    /// <summary>Decodes a symbol; afterwards at least 16 bits are available still.</summary>
    /// <exception cref="ImageFormatException">The bits begin no code.</exception>
    public int ReadSymbol(JpegHuffmanTable table)
    {
        Ensure();
        var symbol = table.Find((int)(Buffer >> 48), out var length);
        Skip(length);
        return symbol;
    }

    /// <summary>A signed value of <paramref name="size"/> bits (T.81, F.2.2.1: EXTEND); 0 for no bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadValue(int size)
    {
        if (size == 0) return 0;
        var bits = Read(size);
        return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
    }

    /// <summary>Passes the restart marker with the given number (0 .. 7) and starts afresh behind it.</summary>
    /// <exception cref="ImageFormatException">Something else stands there.</exception>
    public void Restart(int number)
    {
        ThrowIfExhausted();
        while (Position + 1 < data.Length && !(data[Position] == 0xFF && data[Position + 1] is not (0 or 0xFF))) Position++;
        if (Position + 1 >= data.Length) throw JpegSegments.Truncated();
        if (data[Position + 1] != JpegMarker.Restart0 + number)
            throw JpegSegments.Damaged($"the restart marker {number} was expected, the marker {data[Position + 1]:X2} came");
        Position += 2;
        (Buffer, Count, padding) = (0, 0, 0);
    }

    /// <summary>Throws if bits were used that the data does not have.</summary>
    public readonly void ThrowIfExhausted()
    {
        if (Count < padding) throw JpegSegments.Truncated();
    }
}
