using Hero.Data;

namespace Hero.Tests.Data;

public class ComputedRowsTests
{
    [Fact]
    public void Pixels_become_floats_batch_by_batch_with_the_same_bits()
    {
        var random = new Random(1);
        var bytes = new byte[6000 * 28 * 28];
        random.NextBytes(bytes);
        Tensor Floats() => Tensor.From<byte>(bytes, [6000, 28, 28]).Cast(DType.Float32) / 255f - 0.5;
        var rows = RowSource.From(Floats());
        Assert.IsType<ComputedRows>(rows);
        Assert.Equal((DType.Float32, 28 * 28 * 4, 6000), (rows.DType, rows.RowBytes, rows.Count));

        var expected = Floats().ToArray<float>();
        foreach (var picked in new[] { new[] { 5999, 0, 17 }, [4], [.. Enumerable.Range(100, 128)] })
        {
            var gathered = new float[picked.Length * 28 * 28];
            rows.Gather(picked, System.Runtime.InteropServices.MemoryMarshal.AsBytes(gathered.AsSpan()));
            for (var i = 0; i < picked.Length; i++)
                Assert.True(expected.AsSpan(picked[i] * 784, 784).SequenceEqual(gathered.AsSpan(i * 784, 784)));
        }
    }

    [Fact]
    public void Gathering_allocates_nothing()
    {
        var rows = RowSource.From(Tensor.From<byte>(new byte[6000 * 784], [6000, 784]).Cast(DType.Float32) / 255f);
        var (picked, gathered) = (Enumerable.Range(0, 128).ToArray(), new byte[128 * 784 * 4]);
        for (var i = 0; i < 3; i++) rows.Gather(picked, gathered);

        // Other tests may make the team start threads meanwhile, which happens once.
        var allocated = new long[20];
        for (var i = 0; i < allocated.Length; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            rows.Gather(picked, gathered);
            allocated[i] = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Array.Sort(allocated);
        Assert.Equal(0, allocated[allocated.Length / 2]);
    }

    [Fact]
    public void Other_tensors_are_computed_at_once()
    {
        var bytes = Tensor.From<byte>(new byte[6000 * 784], [6000, 784]);
        Assert.IsNotType<ComputedRows>(RowSource.From(bytes[..100].Cast(DType.Float32)));           // small
        Assert.IsNotType<ComputedRows>(RowSource.From(bytes.Cast(DType.Float32).Softmax()));        // looks at neighbours
        Assert.IsNotType<ComputedRows>(RowSource.From(bytes.Cast(DType.Float32) + Tensor.From(new float[784]))); // more than plain numbers
        var known = bytes.Cast(DType.Float32) * 2;
        known.ToArray<float>();
        Assert.IsNotType<ComputedRows>(RowSource.From(known));                                      // there already
    }
}
