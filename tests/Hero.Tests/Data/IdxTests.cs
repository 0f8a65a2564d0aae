using System.IO.Compression;
using Hero.Data;
using Hero.Testing;

namespace Hero.Tests.Data;

public class IdxTests
{
    [Fact]
    public void Every_element_type_is_read_big_endian()
    {
        Assert.Equal(new byte[] { 1, 255 }, Read([0, 0, 8, 1, 0, 0, 0, 2, 1, 255]).ToArray<byte>());
        Assert.Equal(new sbyte[] { 1, -1 }, Read([0, 0, 9, 1, 0, 0, 0, 2, 1, 255]).ToArray<sbyte>());
        Assert.Equal(new short[] { 258, -2 }, Read([0, 0, 0xB, 1, 0, 0, 0, 2, 1, 2, 255, 254]).ToArray<short>());
        Assert.Equal(new[] { 0x01020304 }, Read([0, 0, 0xC, 1, 0, 0, 0, 1, 1, 2, 3, 4]).ToArray<int>());
        Assert.Equal(new[] { 1.5f }, Read([0, 0, 0xD, 1, 0, 0, 0, 1, 0x3F, 0xC0, 0, 0]).ToArray<float>());
        Assert.Equal(new[] { -2.0 }, Read([0, 0, 0xE, 1, 0, 0, 0, 1, 0xC0, 0, 0, 0, 0, 0, 0, 0]).ToArray<double>());
    }

    [Fact]
    public void Shapes_are_kept_and_types_are_not_guessed()
    {
        var read = Read([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);
        Assert.Equal([2, 3], read.Shape);
        Assert.Equal(typeof(byte), read.ElementType);
        Assert.Contains("Byte, not Single", Assert.Throws<InvalidOperationException>(() => read.ToArray<float>()).Message, StringComparison.Ordinal);
        Assert.Empty(Read([0, 0, 8, 2, 0, 0, 0, 0, 0x7f, 255, 255, 255]).Values);
    }

    [Fact]
    public void Compressed_content_is_seen_whatever_the_name()
    {
        using var folder = new TemporaryFolder();
        var values = Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 7)).ToArray();
        var path = folder.File("no-ending");
        File.WriteAllBytes(path, Zip([0, 0, 8, 1, 0, 0x2D, 0xC6, 0xC0, .. values]));
        Assert.Equal(values, Idx.Read(path).ToArray<byte>());
    }

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("0000", "got 0000")]
    [InlineData("00010801", "two zero bytes")]
    [InlineData("00000A0100000001", "element type")]
    [InlineData("00000800", "at least one dimension")]
    [InlineData("00000802000000", "ends within its 2 dimensions")]
    [InlineData("00000801FFFFFFFF", "dimension 0 is 4,294,967,295")]
    [InlineData("000008047FFFFFFF7FFFFFFF7FFFFFFF7FFFFFFF", "no possible size")]
    [InlineData("000008027FFFFFFF0000FFFF", "the limit is")]
    [InlineData("000008017FFFFFFF", "the limit is")]
    [InlineData("000008010000000302", "expected 3 bytes of values, it ends after 1")]
    [InlineData("00000801000000010203", "more follow")]
    [InlineData("1F8B0901000000010203", "compressed content is damaged")]
    public void What_is_wrong_is_said(string hex, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(Convert.FromHexString(hex)));
        Assert.StartsWith("'x.idx' is no sound IDX file: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_promise_of_a_gigabyte_costs_nothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Read([0, 0, 8, 1, 0x3f, 0, 0, 0, 1, 2, 3]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void Damaged_files_give_the_exception_or_values()
    {
        var random = new Random(5);
        byte[] plain = [0, 0, 0xC, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 7, .. new byte[280]];
        var zipped = Zip(plain);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var bytes = (byte[])(i % 2 == 0 ? plain : zipped).Clone();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
                bytes[random.Next(random.Next(2) == 0 ? 16 : bytes.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(3) == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                Read(bytes, maxBytes: 1 << 24);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1000, 2000);
    }

    // Sums taken with Python's gzip module.
    [SkippableTheory]
    [InlineData("t10k-images-idx3-ubyte.gz", new[] { 10000, 28, 28 }, 264_923_200)]
    [InlineData("t10k-labels-idx1-ubyte.gz", new[] { 10000 }, 44_434)]
    [InlineData("train-labels-idx1-ubyte.gz", new[] { 60000 }, 267_236)]
    public void Reads_MNIST(string file, int[] shape, long sum)
    {
        var read = Idx.Read(SharedData.Require("mnist", file));
        Assert.Equal(shape, read.Shape);
        Assert.Equal(sum, read.ToArray<byte>().Sum(value => (long)value));
    }

    private static IdxArray Read(byte[] bytes, long maxBytes = Idx.DefaultMaxBytes) => Idx.Read(new MemoryStream(bytes), "x.idx", maxBytes);

    private static byte[] Zip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionMode.Compress)) zip.Write(bytes);
        return packed.ToArray();
    }
}
