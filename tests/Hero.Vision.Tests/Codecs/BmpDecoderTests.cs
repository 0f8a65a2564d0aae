namespace Hero.Vision.Tests.Codecs;

public class BmpDecoderTests
{
    private static readonly byte[] Palette16 = [.. Enumerable.Range(0, 48).Select(i => (byte)(i * 37 + 5))];

    private static uint Value(int y, int x, int limit) => (uint)((x * 7 + y * 13 + x * y) % limit);

    [Theory]
    [InlineData(1, 12), InlineData(1, 40), InlineData(4, 12), InlineData(4, 40), InlineData(8, 12), InlineData(8, 40), InlineData(8, 64), InlineData(8, 108), InlineData(8, 124)]
    public void Palettes_decode_with_every_header(int bits, int header)
    {
        var count = 1 << bits;
        byte[] palette = [.. Enumerable.Range(0, 3 * count).Select(i => (byte)(i * 37 + 5))];
        foreach (var (width, height) in new[] { (1, 1), (13, 5), (32, 3) })
            foreach (var topDown in new[] { false, true })
            {
                if (topDown && header == 12) continue;
                var image = Image.Decode(new TestBmp(width, height, bits) { HeaderLength = header, Palette = palette, TopDown = topDown }.Encode((y, x) => Value(y, x, count)));
                for (var y = 0; y < height; y++)
                    for (var x = 0; x < width; x++)
                        for (var c = 0; c < 3; c++) Assert.Equal(palette[3 * Value(y, x, count) + 2 - c], image[y, x, c]);
            }
    }

    [Fact]
    public void A_palette_of_greys_is_a_grey_picture()
    {
        var bmp = new TestBmp(5, 4, 4) { Palette = [.. Enumerable.Range(0, 16).SelectMany(i => Enumerable.Repeat((byte)(i * 17), 3))] };
        var image = Image.Decode(bmp.Encode((y, x) => Value(y, x, 16)), new() { ColorMode = ColorMode.Unchanged });
        Assert.Equal(1, image.Channels);
        Assert.Equal(17 * Value(3, 2, 16), image[3, 2, 0]);
    }

    [Theory]
    [InlineData(24, 0, 40, null), InlineData(32, 0, 40, null), InlineData(16, 0, 40, null), InlineData(24, 0, 12, null)]
    [InlineData(16, 3, 40, "F800 7E0 1F"), InlineData(16, 3, 40, "7C00 3E0 1F"), InlineData(16, 3, 108, "F00 F0 F F000"), InlineData(32, 3, 40, "FF 0FF00 FF0000")]
    [InlineData(32, 3, 124, "FF0000 FF00 FF FF000000"), InlineData(32, 3, 52, "3FF00000 FFC00 3FF"), InlineData(32, 6, 40, "FF000000 FF0000 FF00 FF"), InlineData(32, 3, 56, "FF0000 FF00 FF 0")]
    public void Colours_decode_with_every_mask(int bits, int compression, int header, string? masks)
    {
        var fields = masks?.Split(' ').Select(mask => Convert.ToUInt32(mask, 16)).ToArray() ?? [];
        var used = fields.Length > 0 ? fields : bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF];
        var (width, height) = (9, 6);
        uint Pixel(int y, int x) => (uint)((x * 0x1234567 + y * 0x7654321 + 99) & (bits == 32 ? uint.MaxValue : (1u << bits) - 1));
        var data = new TestBmp(width, height, bits) { Compression = compression, HeaderLength = header, Masks = fields }.Encode(Pixel);
        var image = Image.Decode(data, new() { ColorMode = ColorMode.Unchanged });
        Assert.Equal(used is [_, _, _, not 0] ? 4 : 3, image.Channels);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < image.Channels; c++)
                {
                    var lowest = used[c] & (~used[c] + 1);
                    Assert.Equal((Pixel(y, x) & used[c]) / lowest * 255UL / (used[c] / lowest), image[y, x, c]);
                }
        Assert.Equal(0, Pictures.LargestDifference(image.ToRgb(), Image.Decode(data)));
        Assert.Equal(0, Pictures.LargestDifference(image.ToGrayscale(), Image.Decode(data, new() { ColorMode = ColorMode.Grayscale })));
    }

    [Fact]
    public void Run_lengths_of_bytes_decode()
    {
        // Bottom row: 3 x colour 1, then 2, 4, 5 one by one (padded); next row: jump two right and one up, 2 x colour 9; end.
        byte[] codes = [3, 1, 0, 3, 2, 4, 5, 0, 0, 0, 0, 2, 2, 1, 2, 9, 0, 1];
        byte[][] expected = [[0, 0, 0, 0, 0, 0], [0, 0, 9, 9, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 2, 4, 5]];
        AssertIndices(new TestBmp(6, 4, 8) { Compression = 1, Palette = Palette16 }.Assemble(codes), expected);
    }

    [Fact]
    public void Run_lengths_of_half_bytes_decode()
    {
        byte[] codes = [5, 0x12, 0, 0, 0, 5, 0x34, 0x56, 0x70, 0, 0, 0, 200, 0x99, 0, 1];
        byte[][] expected = [[9, 9, 9, 9, 9, 9], [3, 4, 5, 6, 7, 0], [1, 2, 1, 2, 1, 0]];
        AssertIndices(new TestBmp(6, 3, 4) { Compression = 2, Palette = Palette16 }.Assemble(codes), expected);
    }

    [Fact]
    public void Damage_is_named()
    {
        var bmp = new TestBmp(8, 8, 24);
        var data = bmp.Encode((y, x) => (uint)(x * y));
        for (var length = 0; length < data.Length; length += 5) Assert.Throws<ImageFormatException>(() => Image.Decode(data.AsSpan(0, length)));
        AssertRefused("200000", new TestBmp(200000, 200000, 24).Assemble([]));
        AssertRefused("no pixels", new TestBmp(0, 8, 24).Assemble([]));
        AssertRefused("no pixels", new TestBmp(-8, 8, 24).Assemble([]));
        AssertRefused("7 bits", new TestBmp(8, 8, 7).Assemble(new byte[100]));
        AssertRefused("compression 4", new TestBmp(8, 8, 24) { Compression = 4 }.Assemble(new byte[100]));
        AssertRefused("top row first", new TestBmp(8, 8, 8) { Compression = 1, TopDown = true, Palette = Palette16 }.Assemble(new byte[100]));
        AssertRefused("a palette but has none", new TestBmp(8, 8, 8).Assemble(new byte[100]));
        AssertRefused("colour 16 of a palette of 16", new TestBmp(8, 8, 8) { Palette = Palette16 }.Encode((_, _) => 16));
        AssertRefused("ends before", new TestBmp(8, 8, 8) { Compression = 1, Palette = Palette16 }.Assemble([8, 1, 0, 0]));

        static void AssertRefused(string reason, byte[] bytes) =>
            Assert.Contains(reason, Assert.Throws<ImageFormatException>(() => Image.Decode(bytes)).Message, StringComparison.Ordinal);
    }

    private static void AssertIndices(byte[] data, byte[][] expected)
    {
        var image = Image.Decode(data);
        for (var y = 0; y < expected.Length; y++)
            for (var x = 0; x < expected[y].Length; x++) Assert.Equal(Palette16[3 * expected[y][x] + 2], image[y, x, 0]);
    }
}
