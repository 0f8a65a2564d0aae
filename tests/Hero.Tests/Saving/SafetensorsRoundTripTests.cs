using System.Text;
using Hero.Saving;
using Hero.Testing;

namespace Hero.Tests.Saving;

public class SafetensorsRoundTripTests
{
    [Fact]
    public void Everything_written_is_read_back()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.safetensors");
        var metadata = new Dictionary<string, string> { ["format"] = "hero", ["architecture"] = "{\"a\":\"\\\"ä\n\u0001😀\"}", [""] = "" };
        SafetensorsWriter.Write(path,
        [
            SafetensorsTensor.From<float>("f", new float[] { 1, -2.5f, float.NaN }, 3),
            SafetensorsTensor.From<double>("d", new[] { Math.PI }),
            SafetensorsTensor.From<int>("größe/😀 \"quoted\" \\", new[] { 1, 2, 3, 4, 5, 6 }, 2, 3),
            SafetensorsTensor.From<long>("l", new[] { long.MinValue }, 1, 1),
            SafetensorsTensor.From<byte>("u", new byte[] { 9, 8, 7 }, 3, 1),
            SafetensorsTensor.From<bool>("b", new[] { true, false }, 2),
            SafetensorsTensor.From<float>("empty", Array.Empty<float>(), 0, 5),
        ], metadata);

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(metadata, file.Metadata);
        Assert.Equal(["l", "d", "empty", "f", "größe/😀 \"quoted\" \\", "u", "b"], file.Entries.Select(entry => entry.Name));
        Assert.Equal([1, -2.5f, float.NaN], Values<float>(file, "f"));
        Assert.Equal([Math.PI], Values<double>(file, "d"));
        Assert.Empty(file["d"].Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], Values<int>(file, "größe/😀 \"quoted\" \\"));
        Assert.Equal([2L, 3L], file["größe/😀 \"quoted\" \\"].Shape);
        Assert.Equal([long.MinValue], Values<long>(file, "l"));
        Assert.Equal(new byte[] { 9, 8, 7 }, Values<byte>(file, "u"));
        Assert.Equal([true, false], Values<bool>(file, "b"));
        Assert.Empty(Values<float>(file, "empty"));

        var part = new byte[4];
        file.ReadBytes(file["f"], part, offset: 4);
        Assert.Equal(-2.5f, BitConverter.ToSingle(part));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadBytes(file["f"], new byte[4], offset: 9));
    }

    // The two byte strings of the reference's own tests (huggingface/safetensors, safetensors/src/tensor.rs, test_serialization
    // and test_serialization_forced_alignement): six zeros, a header of 64 bytes without and one of 63 bytes with a space of padding.
    [Theory]
    [InlineData("attn.0", """{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}""")]
    [InlineData("attn0", """{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """)]
    public void Bytes_are_the_reference_s(string name, string header)
    {
        long[] shape = name == "attn0" ? [1, 1, 2, 3] : [1, 2, 3];
        byte[] expected = [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header), .. new byte[24]];
        Assert.Equal(expected, Bytes(null, SafetensorsTensor.From<float>(name, new float[6], shape)));
    }

    [Fact]
    public void Golden_bytes_of_a_tiny_file()
    {
        var header = """{"__metadata__":{"a":"1","b":"2"},"y":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"z":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"a":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}}""";
        header = header.PadRight((header.Length + 7) / 8 * 8);
        byte[] expected = [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header), 0, 0, 128, 63, 0, 0, 0, 64, 5, 6];
        var y = SafetensorsTensor.From<float>("y", new[] { 1f });
        var z = SafetensorsTensor.From<float>("z", new[] { 2f });
        var a = SafetensorsTensor.From<byte>("a", new byte[] { 5, 6 }, 2);
        Assert.Equal(expected, Bytes(new() { ["a"] = "1", ["b"] = "2" }, y, z, a));
        Assert.Equal(expected, Bytes(new() { ["b"] = "2", ["a"] = "1" }, a, z, y));
    }

    [Fact]
    public void Narrow_floats_widen_exactly()
    {
        float[] values = [1, -2, 0.5f, 65504, 0];
        var half = new SafetensorsTensor("half", SafetensorsType.F16, [5],
            stream => Array.ForEach(values, value => stream.Write(BitConverter.GetBytes((Half)value))));
        var brain = new SafetensorsTensor("brain", SafetensorsType.BF16, [5],
            stream => Array.ForEach(values, value => stream.Write(BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)))));
        using var file = SafetensorsFile.Open(new MemoryStream(Bytes(null, half, brain)), "memory");
        var read = new float[5];
        file.ReadSingles(file["half"], read);
        Assert.Equal(values, read);
        file.ReadSingles(file["brain"], read);
        Assert.Equal([1, -2, 0.5f, 65280, 0], read);
        Assert.Equal(DType.BFloat16, file.ReadTensor(file["brain"]).DType);
        Assert.Equal(read, file.ReadTensor(file["brain"]).ToArray<float>());
        Assert.Equal(values, file.ReadTensor(file["half"]).ToArray<float>());
    }

    [Fact]
    public void Tensors_of_every_type_are_written_and_read_back()
    {
        Tensor[] tensors =
        [
            Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }), Tensor.From(2.5), Tensor.From(new[] { 1, -2 }), Tensor.From(new[] { 3L }),
            Tensor.From(new byte[] { 7, 255 }), Tensor.From(new[] { true, false }), Tensor.Zeros([0, 4]), Tensor.From(new[] { 1.5f, -3 }).Cast(DType.BFloat16),
        ];
        using var file = SafetensorsFile.Open(new MemoryStream(Bytes(null, [.. tensors.Select((tensor, i) => SafetensorsTensor.From($"{i}", tensor))])), "memory");
        for (var i = 0; i < tensors.Length; i++)
        {
            var read = file.ReadTensor(file[$"{i}"]);
            Assert.Equal(tensors[i].DType, read.DType);
            Assert.Equal(tensors[i].Shape, read.Shape);
            Assert.Equal(tensors[i].ToMultidimensionalArray(), read.ToMultidimensionalArray());
        }
    }

    [Fact]
    public void What_is_asked_for_must_be_what_is_there()
    {
        var bytes = Bytes(null, SafetensorsTensor.From<float>("w", new float[6], 2, 3));
        using var file = SafetensorsFile.Open(new MemoryStream(bytes), "some.safetensors");
        Assert.Equal("'some.safetensors' has no tensor 'v'; it has 'w'.", Assert.Throws<ModelFileException>(() => file["v"]).Message);
        Assert.Equal("Tensor 'w' of 'some.safetensors': expected 5 values, it has 6, shape (2, 3).",
            Assert.Throws<ModelFileException>(() => file.Read(file["w"], new float[5])).Message);
        Assert.Equal("Tensor 'w' of 'some.safetensors': expected int32, it is stored as F32.",
            Assert.Throws<ModelFileException>(() => file.Read(file["w"], new int[6])).Message);
    }

    [Fact]
    public void The_writer_refuses_what_cannot_be_read_back()
    {
        var w = SafetensorsTensor.From<float>("w", new float[1], 1);
        Assert.Throws<ArgumentException>(() => Bytes(null, w, w));
        Assert.Throws<ArgumentException>(() => Bytes(null, w with { Name = "__metadata__" }));
        Assert.Throws<ArgumentException>(() => Bytes(null, w with { Name = "\ud800" }));
        Assert.Throws<ArgumentException>(() => Bytes(null, w with { Shape = [-1, -1] }));
        Assert.Throws<ArgumentException>(() => Bytes(null, w with { Shape = [long.MaxValue, 3] }));
        Assert.Throws<InvalidOperationException>(() => Bytes(null, w with { Shape = [2] }));
    }

    [Fact]
    public void A_write_that_is_cancelled_leaves_the_previous_file()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        var path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path, [SafetensorsTensor.From<float>("w", new float[] { 4 }, 1)]);
        var before = File.ReadAllBytes(path);
        Assert.Throws<OperationCanceledException>(() => SafetensorsWriter.Write(path,
        [
            new SafetensorsTensor("a", SafetensorsType.U8, [1], stream => { stream.WriteByte(1); cancel.Cancel(); }),
            new SafetensorsTensor("b", SafetensorsType.U8, [1], stream => stream.WriteByte(2)),
        ], cancellationToken: cancel.Token));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [SkippableFact]
    public void Reads_the_shared_MobileNet_weights()
    {
        using var file = SafetensorsFile.Open(SharedData.Require("mobilenet_v2", "mobilenet_v2_1.0_224.safetensors"));
        Assert.Equal(106, file.Entries.Count);
        Assert.Equal(3_489_097, file.Entries.Sum(entry => entry.Count));
        Assert.Equal([32L, 3L, 3L, 3L], file["Conv.weight"].Shape);
        Assert.True(file.Metadata.ContainsKey("license"));
    }

    internal static byte[] Bytes(Dictionary<string, string>? metadata, params SafetensorsTensor[] tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    private static T[] Values<T>(SafetensorsFile file, string name) where T : unmanaged
    {
        var values = new T[file[name].Count];
        file.Read(file[name], values);
        return values;
    }
}
