using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

public unsafe class StridedCopyTests
{
    public static TheoryData<int[], int[]> Views => new()
    {
        { [], [] },
        { [1, 1], [0, 5] },
        { [257], [1] },
        { [257], [0] },
        { [257], [-1] },
        { [257], [3] },
        { [50, 64], [64, 1] },
        { [50, 64], [0, 1] },
        { [300, 5], [0, 1] },
        { [300, 4], [0, 1] },
        { [2000, 3], [0, 1] },
        { [300, 5], [1, 0] },
        { [30, 50], [1, 0] },
        { [40, 50], [1, 40] },
        { [64, 64], [1, 64] },
        { [33, 47], [1, -33] },
        { [33, 47], [-1, 33] },
        { [33, 47], [2, 66] },
        { [7, 20, 9], [180, 1, 20] },
        { [7, 20, 9], [1, 63, 7] },
        { [5, 6, 7, 8], [336, 8, 48, 1] },
        { [5, 6, 7, 8], [8, 0, 0, 1] },
        { [5, 6, 7, 8], [1, 0, 5, 0] },
        { [3, 2, 2, 2, 2, 2, 3], [1, 3, 6, 0, 12, 24, 48] },
        { [4, 30, 3], [200, 6, 1] },
        { [4, 30, 12], [800, 20, 1] },
        { [4, 30, 12], [800, 20, 2] },
        { [0, 4], [4, 1] },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public void Gathers_any_range(int[] shape, int[] strides)
    {
        Check<byte>(shape, strides);
        Check<ushort>(shape, strides);
        Check<uint>(shape, strides);
        Check<ulong>(shape, strides);
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Scatter_is_the_inverse(int[] shape, int[] strides)
    {
        if (strides.Where((s, d) => s == 0 && shape[d] != 1).Any()) return;
        CheckScatter<byte>(shape, strides);
        CheckScatter<ushort>(shape, strides);
        CheckScatter<uint>(shape, strides);
        CheckScatter<ulong>(shape, strides);
    }

    [Fact]
    public void Joins_dimensions_walked_as_one()
    {
        Assert.True(new StridedLayout([4, 5, 6], [30, 6, 1]).IsDense);
        var broadcast = new StridedLayout([2, 3, 4, 5], [5, 0, 0, 1]);
        Assert.Equal(3, broadcast.Rank);
        Assert.Equal(12, broadcast.Length(1));
    }

    [Fact]
    public void Refuses_what_it_cannot_copy()
    {
        Assert.Throws<ArgumentException>(() => new StridedLayout([2, 3], [1]));
        Assert.Throws<NotSupportedException>(() => new StridedLayout(Enumerable.Repeat(2, 13).ToArray(), new nint[13].Select((_, i) => (nint)(i + 1) * 5).ToArray()));
        Assert.Throws<ArgumentOutOfRangeException>(() => StridedCopy.Run(3, null, null, new StridedLayout([1], [1]), 0, 0));
    }

    private static void Check<T>(int[] shape, int[] strides) where T : unmanaged
    {
        var (memory, origin, offsets) = Source<T>(shape, strides);
        var expected = offsets.Select(o => memory[origin + o]).ToArray();
        var layout = new StridedLayout(shape, [.. strides.Select(s => (nint)s)]);
        Assert.Equal(expected.Length, layout.Count);
        var random = new Random(3);
        for (var trial = 0; trial < 60; trial++)
        {
            var start = trial == 0 ? 0 : random.Next(expected.Length + 1);
            var length = trial == 0 ? expected.Length : random.Next(expected.Length - start + 1);
            var result = new T[length + 2];
            fixed (T* d = result, s = memory) StridedCopy.Run(sizeof(T), d + 1, s + origin, layout, start, length);
            Assert.Equal(expected.AsSpan(start, length).ToArray(), result[1..^1]);
            Assert.Equal(default, result[0]);
            Assert.Equal(default, result[^1]);
        }
        var all = new T[expected.Length + 1];
        fixed (T* d = all, s = memory) StridedCopy.RunAll(sizeof(T), d, s + origin, layout);
        Assert.Equal(expected, all[..^1]);
    }

    private static void CheckScatter<T>(int[] shape, int[] strides) where T : unmanaged
    {
        var (memory, origin, offsets) = Source<T>(shape, strides);
        var values = offsets.Select(o => memory[origin + o]).ToArray();
        var layout = new StridedLayout(shape, [.. strides.Select(s => (nint)s)]);
        var random = new Random(4);
        for (var trial = 0; trial < 30; trial++)
        {
            var start = trial == 0 ? 0 : random.Next(values.Length + 1);
            var length = trial == 0 ? values.Length : random.Next(values.Length - start + 1);
            var expected = new T[memory.Length];
            for (var k = start; k < start + length; k++) expected[origin + offsets[k]] = values[k];
            var result = new T[memory.Length];
            fixed (T* d = result, s = values) StridedCopy.Scatter(sizeof(T), d + origin, s + start, layout, start, length);
            Assert.Equal(expected, result);
        }
        var whole = new T[memory.Length];
        var wanted = new T[memory.Length];
        for (var k = 0; k < values.Length; k++) wanted[origin + offsets[k]] = values[k];
        fixed (T* d = whole, s = values) StridedCopy.ScatterAll(sizeof(T), d + origin, s, layout);
        Assert.Equal(wanted, whole);
    }

    private static (T[] Memory, int Origin, int[] Offsets) Source<T>(int[] shape, int[] strides) where T : unmanaged
    {
        List<int> offsets = [0];
        for (var d = 0; d < shape.Length; d++)
            offsets = [.. offsets.SelectMany(o => Enumerable.Range(0, shape[d]).Select(i => o + i * strides[d]))];
        var origin = offsets.Count == 0 ? 0 : -offsets.Min();
        var memory = new T[origin + (offsets.Count == 0 ? 0 : offsets.Max()) + 1];
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(memory.AsSpan());
        new Random(1).NextBytes(bytes);
        return (memory, origin, [.. offsets]);
    }
}
