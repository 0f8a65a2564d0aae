using System.Diagnostics;
using Hero.Vision.Codecs.Png;

namespace Hero.Vision.Tests.Codecs;

public class PngDecoderTests
{
    public static TheoryData<int, int> Kinds => new()
    {
        { 1, 0 }, { 2, 0 }, { 4, 0 }, { 8, 0 }, { 16, 0 }, { 8, 2 }, { 16, 2 }, { 1, 3 }, { 2, 3 }, { 4, 3 }, { 8, 3 }, { 8, 4 }, { 16, 4 }, { 8, 6 }, { 16, 6 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_colour_type_and_depth_decodes_in_every_mode(int depth, int color)
    {
        var random = new Random(depth * 10 + color);
        foreach (var (width, height) in new[] { (1, 1), (7, 3), (33, 20), (5, 9) })
            foreach (var interlaced in new[] { false, true })
                foreach (var filter in new[] { -1, 0, 1, 2, 3, 4 })
                {
                    var palette = new byte[3 << Math.Min(depth, 8)];
                    random.NextBytes(palette);
                    var png = new TestPng(width, height, depth, color) { Interlaced = interlaced, Filter = filter, Palette = color == 3 ? palette : null, Pieces = 1 + width % 3 };
                    var values = new int[height, width, png.Samples];
                    for (var i = 0; i < values.Length; i++) values[i / png.Samples / width, i / png.Samples % width, i % png.Samples] = random.Next(1 << depth);
                    var data = png.Encode((y, x, s) => values[y, x, s]);

                    var rgb = Image.Decode(data);
                    var gray = Image.Decode(data, new() { ColorMode = ColorMode.Grayscale });
                    var stored = Image.Decode(data, new() { ColorMode = ColorMode.Unchanged });
                    Assert.Equal((width, height, 3), (rgb.Width, rgb.Height, rgb.Channels));
                    Assert.Equal(1, gray.Channels);
                    Assert.Equal(color switch { 0 => 1, 2 or 3 => 3, _ => 4 }, stored.Channels);
                    for (var y = 0; y < height; y++)
                        for (var x = 0; x < width; x++)
                        {
                            int Eight(int s) => depth == 16 ? values[y, x, s] >> 8 : values[y, x, s] * 255 / ((1 << depth) - 1);
                            var expected = color switch
                            {
                                3 => palette[(3 * values[y, x, 0])..(3 * values[y, x, 0] + 3)].Select(b => (int)b).ToArray(),
                                2 or 6 => [Eight(0), Eight(1), Eight(2)],
                                _ => [Eight(0), Eight(0), Eight(0)],
                            };
                            for (var c = 0; c < 3; c++)
                            {
                                Assert.Equal(expected[c], rgb[y, x, c]);
                                Assert.Equal(expected[c], stored[y, x, Math.Min(c, stored.Channels - 1)]);
                            }
                            if (stored.Channels == 4) Assert.Equal(Eight(png.Samples - 1), stored[y, x, 3]);
                            Assert.InRange(gray[y, x, 0] - (0.299 * expected[0] + 0.587 * expected[1] + 0.114 * expected[2]), -0.51, 0.51);
                        }
                }
    }

    [Theory]
    [InlineData(0, 1), InlineData(0, 4), InlineData(0, 8), InlineData(0, 16), InlineData(2, 8), InlineData(2, 16)]
    public void One_colour_may_be_transparent(int color, int depth)
    {
        var limit = 1 << depth;
        var png = new TestPng(16, 4, depth, color);
        int Value(int y, int x, int s) => (x * 3 + y + s) * 977 % limit;
        var key = Enumerable.Range(0, png.Samples).Select(s => Value(1, 5, s)).ToArray();
        var data = (png with { Transparency = [.. key.SelectMany(k => new[] { (byte)(k >> 8), (byte)k })] }).Encode(Value);
        var image = Image.Decode(data, new() { ColorMode = ColorMode.Unchanged });
        Assert.Equal(4, image.Channels);
        for (var y = 0; y < 4; y++)
            for (var x = 0; x < 16; x++)
                Assert.Equal(Enumerable.Range(0, png.Samples).All(s => Value(y, x, s) == key[s]) ? 0 : 255, image[y, x, 3]);
        Assert.Equal(0, Pictures.LargestDifference(Image.Decode(png.Encode(Value)), Image.Decode(data)));
    }

    [Fact]
    public void Palette_entries_may_be_transparent()
    {
        var png = new TestPng(3, 1, 8, 3) { Palette = [1, 2, 3, 4, 5, 6, 7, 8, 9], Transparency = [0, 100] };
        var image = Image.Decode(png.Encode((_, x, _) => x), new() { ColorMode = ColorMode.Unchanged });
        Assert.Equal([1, 2, 3, 0, 4, 5, 6, 100, 7, 8, 9, 255], image.Pixels.ToArray());
    }

    [Fact]
    public void The_checksum_is_the_one_of_the_specification()
    {
        var data = new byte[70];
        new Random(3).NextBytes(data);
        for (var length = 0; length <= data.Length; length++) Assert.Equal(TestPng.BitwiseCrc(data.AsSpan(0, length)), Crc32.Append(0, data.AsSpan(0, length)));
        Assert.Equal(0xCBF43926, Crc32.Append(Crc32.Append(0, "1234"u8), "56789"u8));
    }

    [Fact]
    public void Damage_is_named()
    {
        var png = new TestPng(9, 9, 8, 2);
        var data = png.Encode((y, x, s) => y * 20 + x + s);
        var pixels = data.AsSpan().IndexOf("IDAT"u8);
        AssertRefused("IDAT", [.. data[..(pixels + 9)], (byte)(data[pixels + 9] ^ 1), .. data[(pixels + 10)..]]);
        AssertRefused("IHDR", [.. data[..8], .. data[(8 + 25)..]]);
        AssertRefused("no pixel data", [.. data[..(pixels - 4)], .. data[^12..]]);
        AssertRefused("ends inside the chunk 'IDAT'", data[..(pixels + 20)]);
        AssertRefused("before the picture is complete", (png with { Height = 100 }).Assemble(TestPng.Compress(new byte[9 * 28])));
        AssertRefused("damaged", png.Assemble([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
        AssertRefused("damaged", png.Assemble([0x78, 0xBB, .. new byte[100]])); // asks for a preset dictionary
        AssertRefused("filter 5", png.Assemble(TestPng.Compress([5, .. new byte[9 * 28]])));
        AssertRefused("a palette but has none", new TestPng(1, 1, 8, 3).Encode((_, _, _) => 0));
        AssertRefused("colour 3 of a palette of 2", new TestPng(1, 1, 8, 3) { Palette = new byte[6] }.Encode((_, _, _) => 3));
        AssertRefused("colour type 5", new TestPng(1, 1, 8, 5).Encode((_, _, _) => 0));
        AssertRefused("0 x 1", new TestPng(0, 1, 8, 0).Assemble(TestPng.Compress([])));
        List<byte> unknown = [.. data[..33]];
        TestPng.Chunk(unknown, "NEED"u8, [1]);
        AssertRefused("'NEED'", [.. unknown, .. data[33..]]);
        Assert.Equal(0, Pictures.LargestDifference(Image.Decode(data), Image.Decode(data.AsSpan(0, data.Length - 12))));

        static void AssertRefused(string reason, byte[] bytes) =>
            Assert.Contains(reason, Assert.Throws<ImageFormatException>(() => Image.Decode(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_costs_neither_memory_nor_time()
    {
        var (before, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        // 900 million pixels declared, a kilobyte there; then what is there inflates to 64 megabytes, of which 100 bytes are wanted.
        Assert.Throws<ImageFormatException>(() => Image.Decode(new TestPng(30000, 30000, 8, 0).Assemble(new byte[1000])));
        Assert.Throws<ImageFormatException>(() => Image.Decode(new TestPng(9000, 9000, 8, 6).Assemble(new byte[1000])));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        var zeros = new TestPng(10, 10, 8, 0).Assemble(TestPng.Compress(new byte[64 << 20]));
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(10, Image.Decode(zeros).Width);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
    }
}
