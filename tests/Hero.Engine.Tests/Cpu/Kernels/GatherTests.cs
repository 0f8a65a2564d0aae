using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public unsafe class GatherTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(10, 0, 4)]
    [InlineData(7, 256, 1)]
    [InlineData(7, 255, 4)]
    [InlineData(1000, 3000, 8)]
    [InlineData(100, 2000, 12)]
    [InlineData(50, 700, 400)]
    public void Rows_are_the_tables(int tableRows, int count, int rowBytes)
    {
        var table = new byte[tableRows * rowBytes];
        new Random(1).NextBytes(table);
        var indices = Indices(tableRows, count);
        var wide = Array.ConvertAll(indices, i => (long)i);
        byte[] y = new byte[count * rowBytes], z = new byte[count * rowBytes];
        fixed (byte* pt = table, py = y, pz = z)
        fixed (int* pi = indices)
        fixed (long* pw = wide)
        {
            Assert.Equal(-1, Gather.Rows(py, pt, pi, count, rowBytes, tableRows));
            Assert.Equal(-1, Gather.Rows(pz, pt, pw, count, rowBytes, tableRows));
        }
        var expected = indices.SelectMany(i => table.AsSpan((i < 0 ? i + tableRows : i) * rowBytes, rowBytes).ToArray()).ToArray();
        Assert.Equal(expected, y);
        Assert.Equal(expected, z);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-6)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void An_index_that_is_no_row_is_found_before_anything_is_written(int index)
    {
        int[] indices = [0, -5, 4, index, 1];
        float[] table = [1, 2, 3, 4, 5], y = new float[5], copy = [1, 2, 3, 4, 5];
        fixed (float* pt = table, py = y)
        fixed (int* pi = indices)
        {
            Assert.Equal(3, Gather.Rows(py, pt, pi, 5, 4, 5));
            Assert.Equal(3, ScatterAdd.Rows(pt, py, pi, 5, 1, 5));
        }
        Assert.All(y, v => Assert.Equal(0, v));
        Assert.Equal(copy, table);
    }

    [Theory]
    [InlineData(1, 100, 1)]
    [InlineData(10, 0, 4)]
    [InlineData(7, 256, 3)]
    [InlineData(1000, 30000, 1)]
    [InlineData(50, 3000, 20)]
    [InlineData(50, 700, 100)]
    [InlineData(3, 900, 333)]
    public void Scatter_add_is_a_plain_loop(int tableRows, int count, int width)
    {
        Check<float>();
        Check<double>();
        Check<int>();

        void Check<T>() where T : unmanaged, INumber<T>
        {
            var random = new Random(width);
            var src = Enumerable.Range(0, count * width).Select(_ => T.CreateTruncating(random.NextDouble() * 100)).ToArray();
            var start = Enumerable.Range(0, tableRows * width).Select(_ => T.CreateTruncating(random.NextDouble() * 100)).ToArray();
            var indices = Indices(tableRows, count);
            var expected = (T[])start.Clone();
            for (var i = 0; i < count; i++)
            {
                for (var k = 0; k < width; k++) expected[(indices[i] < 0 ? indices[i] + tableRows : indices[i]) * width + k] += src[i * width + k];
            }
            var wide = Array.ConvertAll(indices, i => (long)i);
            foreach (var result in ReduceTests.AtThreadCounts(() => Add((T[])start.Clone(), src, indices, wide))) BlockRunner.SameBits(expected, result);
        }

        T[] Add<T>(T[] table, T[] src, int[] indices, long[] wide) where T : unmanaged, INumber<T>
        {
            var second = (T[])table.Clone();
            fixed (T* pt = table, p2 = second, ps = src)
            fixed (int* pi = indices)
            fixed (long* pw = wide)
            {
                Assert.Equal(-1, ScatterAdd.Rows(pt, ps, pi, count, width, tableRows));
                Assert.Equal(-1, ScatterAdd.Rows(p2, ps, pw, count, width, tableRows));
            }
            BlockRunner.SameBits(table, second);
            return table;
        }
    }

    private static int[] Indices(int tableRows, int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(-tableRows, tableRows))];
    }
}
