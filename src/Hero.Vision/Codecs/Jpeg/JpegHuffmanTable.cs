using System.Runtime.CompilerServices;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// A Huffman code for decoding (T.81, annexes C and F.2.2.3). Codes of up to <see cref="LookupBits"/> bits are found by one look-up; where the
/// bits of the coefficient fit in as well, a second table gives its value too.
/// </summary>
internal sealed class JpegHuffmanTable
{
    public const int LookupBits = 9;

    /// <summary>Set in an entry of <see cref="Values"/> that holds a value.</summary>
    public const int HasValue = 0x10;

    private readonly byte[] symbols;

    // By the next 9 bits: the code's length and, in the high byte, its symbol; 0 where the code is longer.
    private readonly ushort[] codes = new ushort[1 << LookupBits];

    // The codes of each length end below this, left-aligned in 16 bits; and what to add to a code for its symbol's index.
    private readonly int[] limits = new int[18];
    private readonly int[] offsets = new int[18];

    private int[]? values;

    /// <param name="counts">How many codes have 1 .. 16 bits.</param>
    /// <param name="symbols">The symbols in the order of their codes: as many as the counts sum to.</param>
    /// <exception cref="ImageFormatException">The counts describe no prefix code.</exception>
    public JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        this.symbols = symbols.ToArray();
        var (code, index) = (0, 0);
        for (var length = 1; length <= 16; length++)
        {
            offsets[length] = index - code;
            var count = counts[length - 1];
            if (code + count > 1 << length) throw JpegSegments.Damaged("a Huffman table has more codes than their lengths allow");
            for (var i = 0; i < count && length <= LookupBits; i++)
                codes.AsSpan(code + i << (LookupBits - length), 1 << (LookupBits - length)).Fill((ushort)(length | symbols[index + i] << 8));
            (code, index) = (code + count, index + count);
            limits[length] = code << (16 - length);
            code <<= 1;
        }
        limits[17] = int.MaxValue;
    }

    /// <summary>
    /// By the next 9 bits: bits 0-3 the bits to consume, bit 4 <see cref="HasValue"/>, bits 8-15 the symbol (with a value: only its run of
    /// zeros), bits 16-31 the value. 0 where the code is longer.
    /// </summary>
    public int[] Values => values ??= BuildValues();

    /// <summary>The symbol whose code the next 16 bits begin with, and the code's length.</summary>
    /// <exception cref="ImageFormatException">They begin no code.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int bits, out int length)
    {
        var entry = codes[bits >> (16 - LookupBits)];
        length = entry & 15;
        return entry != 0 ? entry >> 8 : FindLong(bits, out length);
    }

    /// <summary>As <see cref="Find"/>, for codes longer than <see cref="LookupBits"/>.</summary>
    public int FindLong(int bits, out int length)
    {
        length = LookupBits + 1;
        while (bits >= limits[length]) length++;
        if (length > 16) throw JpegSegments.Damaged("its bits are no Huffman code");
        return symbols[(bits >> (16 - length)) + offsets[length]];
    }

    private int[] BuildValues()
    {
        var result = new int[1 << LookupBits];
        for (var bits = 0; bits < result.Length; bits++)
        {
            var (length, symbol) = (codes[bits] & 15, codes[bits] >> 8);
            var (run, size, spare) = (symbol >> 4, symbol & 15, LookupBits - length);
            result[bits] = codes[bits];
            if (length == 0 || size == 0 || size > spare) continue;
            var value = bits >> (spare - size) & ((1 << size) - 1);
            if (value < 1 << (size - 1)) value -= (1 << size) - 1;
            result[bits] = (length + size) | HasValue | run << 8 | value << 16;
        }
        return result;
    }
}
