using System.Buffers.Binary;
using System.Text;
using Hero.Saving;
using Hero.Testing;

namespace Hero.Tests.Saving;

public class SafetensorsHostileTests
{
    private const string One = """ "dtype":"U8","shape":[1],"data_offsets":[0,1] """;

    [Theory]
    [InlineData("", 0, "start with '{'")]
    [InlineData("[]", 0, "start with '{'")]
    [InlineData(" {}", 0, "start with '{'")]
    [InlineData("{", 0, "not valid JSON")]
    [InlineData("{}x", 0, "not valid JSON")]
    [InlineData("{}", 1, "the tensors take 0 bytes, but 1 follow the header")]
    [InlineData("""{"a":1}""", 0, "expected an object")]
    [InlineData("""{"a":{}}""", 0, "expected dtype, shape and data_offsets, got nothing")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""", 0, "got 'dtype', 'shape'")]
    [InlineData("""{"a":{"dtype":"U9","shape":[1],"data_offsets":[0,1]}}""", 1, "got 'U9'")]
    [InlineData("""{"a":{"dtype":8,"shape":[1],"data_offsets":[0,1]}}""", 1, "a text as dtype")]
    [InlineData("""{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}""", 1, "an array as shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", 1, "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}}""", 1, "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}""", 1, "whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1, "two data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1, "at most 2 numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1, "data_offsets are [1, 0]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}""", 1, "takes 2 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1]}}""", 1, "takes 4 bytes")]
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}""", 1, "no possible size")]
    [InlineData("""{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "no possible size")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[0,0]}}""", 0, "no possible size")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807,9223372036854775807,4,0],"data_offsets":[0,0]}}""", 0, "no possible size")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", 1, "cut short")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "there is a hole")]
    [InlineData("{\"a\":{" + One + "},\"b\":{" + One + "}}", 1, "they overlap")]
    [InlineData("{\"a\":{" + One + "},\"a\":{" + One + "}}", 1, "has 'a' twice")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "has 'dtype' twice")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "has 'a' twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "a text")]
    [InlineData("""{"__metadata__":["a"]}""", 0, "an object of texts")]
    [InlineData("""{"__metadata__":{"a":"\ud800"}}""", 0, "no valid Unicode")]
    [InlineData("""{"\u001b[31m":{}}""", 0, "tensor '?[31m'")]
    public void A_header_that_breaks_a_rule_is_refused(string header, int dataBytes, string expected)
    {
        var error = Assert.Throws<ModelFileException>(() => Open(File(Encoding.UTF8.GetBytes(header), dataBytes)));
        Assert.StartsWith("'x.safetensors' is no sound safetensors file: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL, 0)]
    [InlineData(1UL, 0)]
    [InlineData(100_000_001UL, 0)]
    [InlineData(ulong.MaxValue, 100)]
    [InlineData((ulong)long.MaxValue, 100)]
    [InlineData(ulong.MaxValue - 7, 100)]
    public void A_header_length_that_cannot_be_is_refused(ulong length, int rest)
    {
        var bytes = new byte[8 + rest];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Assert.Throws<ModelFileException>(() => Open(bytes));
    }

    [Fact]
    public void No_memory_is_taken_on_the_word_of_a_header()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 99_000_000);
        Assert.Throws<ModelFileException>(() => Open(bytes));
        Assert.Throws<ModelFileException>(() => Open(File("""{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}"""u8, 4)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Deep_nesting_and_long_names_are_refused_shortly()
    {
        Assert.Throws<ModelFileException>(() => Open(File(Encoding.UTF8.GetBytes("{\"a\":{\"x\":" + new string('[', 100_000)), 0)));
        var error = Assert.Throws<ModelFileException>(() => Open(File(Encoding.UTF8.GetBytes($"{{\"{new string('n', 100_000)}\":{{}}}}"), 0)));
        Assert.InRange(error.Message.Length, 1, 500);
        Assert.Throws<ModelFileException>(() => Open(File([.. "{\""u8, 0xff, .. "\":{}}"u8], 0)));
    }

    [Fact]
    public void Unknown_keys_and_zero_sized_tensors_are_no_fault()
    {
        using var file = Open(File("""{"b":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":[{}]},"a":{"dtype":"F4","shape":[2,2],"data_offsets":[0,2]}}   """u8, 2));
        Assert.Equal(["b", "a"], file.Entries.Select(entry => entry.Name));
        Assert.Equal(4, file["a"].Count);
        Assert.Null(file["a"].DType);
    }

    [Fact]
    public void A_truth_value_is_0_or_1_whatever_the_file_says()
    {
        using var file = Open([.. File("""{"b":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"""u8, 0), 7, 0, 255]);
        var bytes = new byte[3];
        file.ReadBytes(file["b"], bytes);
        Assert.Equal(new byte[] { 1, 0, 1 }, bytes);
    }

    [Fact]
    public void A_file_cut_while_it_is_open_is_an_error_not_a_crash()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.safetensors");
        SafetensorsWriter.Write(path, [SafetensorsTensor.From<float>("w", new float[1000], 1000)]);
        using var file = SafetensorsFile.Open(path);
        using (var cutter = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            if (OperatingSystem.IsWindows()) return; // the reader's share mode keeps writers out there
            cutter.SetLength(500);
        }
        Assert.Throws<ModelFileException>(() => file.Read(file["w"], new float[1000]));
    }

    [Fact]
    public void Two_thousand_damaged_files_give_the_exception_or_a_sound_file()
    {
        var whole = SafetensorsRoundTripTests.Bytes(new() { ["format"] = "hero", ["note"] = "text ä" },
            SafetensorsTensor.From<float>("dense/kernel", new float[12], 3, 4),
            SafetensorsTensor.From<float>("dense/bias", new float[4], 4),
            SafetensorsTensor.From<long>("step", new long[1]),
            SafetensorsTensor.From<byte>("mask", new byte[5], 5));
        var random = new Random(20240501);
        int refused = 0, accepted = 0;
        for (var i = 0; i < 2000; i++)
        {
            var bytes = Damage(whole, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var file = Open(bytes);
                foreach (var entry in file.Entries) file.ReadBytes(entry, new byte[entry.ByteCount]);
                accepted++;
            }
            catch (ModelFileException)
            {
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        }
        Assert.InRange(refused, 1000, 1999);
        Assert.InRange(accepted, 1, 1000);
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        var headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(Math.Min(bytes.Count, random.Next(8) == 0 ? whole.Length : headerEnd));
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = (byte)"0123456789{}[],:\" -"[random.Next(19)]; break;
                case 3: bytes.RemoveRange(at, random.Next(Math.Min(30, bytes.Count - at))); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(60, bytes.Count - at)))); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
            if (bytes.Count == 0) break;
        }
        return [.. bytes];
    }

    private static SafetensorsFile Open(byte[] bytes) => SafetensorsFile.Open(new MemoryStream(bytes), "x.safetensors");

    private static byte[] File(ReadOnlySpan<byte> header, int dataBytes)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes.AsSpan(8));
        return bytes;
    }
}
