namespace Hero.Vision.Tests.Codecs;

/// <summary>Writes the bits of a JPEG scan: one Huffman code for all symbols, with short and very long codes, and stuffed bytes.</summary>
internal sealed class TestJpegBits(List<byte> output)
{
    // How many codes have 1 .. 16 bits; enough for all 256 symbols, the last ones with 16 bits.
    private static readonly byte[] Counts = [0, 1, 1, 1, 2, 4, 6, 10, 15, 20, 0, 0, 0, 0, 0, 196];

    // The most usual symbols first.
    private static readonly byte[] Symbols =
        [.. new byte[] { 0x01, 0x02, 0x00, 0x03, 0x11, 0x04, 0x12, 0x21, 0x05, 0x31, 0x41, 0x13, 0xF0, 0x22, 0x06, 0x51 }.Concat(Enumerable.Range(0, 256).Select(i => (byte)i)).Distinct()];

    private static readonly (int Code, int Length)[] Codes = BuildCodes();

    private ulong pending;
    private int count;

    /// <summary>The body of a table segment for the codes used here.</summary>
    public static byte[] Table(int kind, int index) => [(byte)(kind << 4 | index), .. Counts, .. Symbols];

    public void Symbol(int symbol) => Bits(Codes[symbol].Code, Codes[symbol].Length);

    public void Bits(int value, int length)
    {
        pending = pending << length | (uint)value & ((1UL << length) - 1);
        for (count += length; count >= 8; count -= 8)
        {
            var octet = (byte)(pending >> (count - 8));
            output.Add(octet);
            if (octet == 0xFF) output.Add(0);
        }
    }

    /// <summary>The bits of a value as T.81 codes it: a negative one as the value less one.</summary>
    public void Value(int value, int size) => Bits(value < 0 ? value - 1 : value, size);

    /// <summary>Fills the last byte with ones.</summary>
    public void Flush()
    {
        if (count > 0) Bits((1 << (8 - count)) - 1, 8 - count);
        (pending, count) = (0, 0);
    }

    /// <summary>The bits a value takes.</summary>
    public static int Size(int value)
    {
        var size = 0;
        for (value = Math.Abs(value); value > 0; value >>= 1) size++;
        return size;
    }

    private static (int Code, int Length)[] BuildCodes()
    {
        var codes = new (int, int)[256];
        var (code, index) = (0, 0);
        for (var length = 1; length <= 16; length++, code <<= 1)
            for (var i = 0; i < Counts[length - 1]; i++) codes[Symbols[index++]] = (code++, length);
        return codes;
    }
}
