using System.Numerics;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public unsafe class ReduceTests
{
    private static readonly (int Outer, int Length, int Inner)[] Shapes =
    [
        (1, 1, 1), (3, 0, 2), (5, 7, 1), (7, 33, 1), (2, 1000, 1), (1, 70001, 1), (100, 40, 1), (70, 3, 5), (2, 50, 3), (1, 20000, 3),
        (1, 9000, 10), (1, 3000, 24), (3, 200, 130), (1, 300, 1000), (2, 10, 3000), (1, 3, 200000), (4, 5000, 16), (1, 2000, 77), (80, 5, 300), (1, 41, 1283),
    ];

    [Fact]
    public void Float32_agrees_with_double_precision() => Check<float>(DType.Float32, [ReduceFunction.Sum, ReduceFunction.Mean, ReduceFunction.Prod], 1e-5);

    [Fact]
    public void Float64_agrees_with_plain_loops() => Check<double>(DType.Float64, [ReduceFunction.Sum, ReduceFunction.Mean, ReduceFunction.Prod], 1e-13);

    [Fact]
    public void Int32_agrees_with_plain_loops() => Check<int>(DType.Int32, [ReduceFunction.Sum], 0);

    [Fact]
    public void Int64_agrees_with_plain_loops() => Check<long>(DType.Int64, [ReduceFunction.Sum], 0);

    [Fact]
    public void UInt8_agrees_with_plain_loops() => Check<byte>(DType.UInt8, [], 0);

    [Fact]
    public void Every_length_up_to_256_is_summed()
    {
        for (var n = 0; n <= 256; n++)
        {
            for (var inner = 1; inner <= 5; inner += 2)
            {
                var x = Enumerable.Range(0, n * inner).Select(i => (float)(i % 17)).ToArray();
                var expected = Enumerable.Range(0, inner).Select(c => (float)Enumerable.Range(0, n).Sum(r => x[r * inner + c])).ToArray();
                Assert.Equal(expected, Run<float, float>(ReduceFunction.Sum, DType.Float32, x, 1, n, inner));
            }
        }
    }

    [Fact]
    public void Bool_has_any_and_all()
    {
        byte[] x = [0, 0, 1, 0, 1, 1];
        Assert.Equal([0, 1, 1], Run<byte, byte>(ReduceFunction.Max, DType.Bool, x, 3, 2, 1));
        Assert.Equal([0, 0, 1], Run<byte, byte>(ReduceFunction.Min, DType.Bool, x, 3, 2, 1));
        Assert.False(ReduceKernel.Find(ReduceFunction.Sum, DType.Bool).Exists);
        Assert.Throws<NotSupportedException>(() => Reduce.Run(ReduceFunction.Mean, DType.Int32, null, null, 1, 1, 1));
    }

    [Fact]
    public void Ten_million_ones_sum_exactly()
    {
        var x = new float[10_000_000];
        Array.Fill(x, 1f);
        Assert.Equal(10_000_000f, Run<float, float>(ReduceFunction.Sum, DType.Float32, x, 1, x.Length, 1)[0]);
        Assert.Equal(1f, Run<float, float>(ReduceFunction.Mean, DType.Float32, x, 1, x.Length, 1)[0]);
        Array.Fill(x, 0.1f);
        Assert.Equal((float)(0.1f * 1e7), Run<float, float>(ReduceFunction.Sum, DType.Float32, x, 1, x.Length, 1)[0], 0.5f);
    }

    [Fact]
    public void NaN_wins_and_the_first_of_equals_is_found()
    {
        for (var n = 1; n <= 600; n += 37)
        {
            var x = new float[n];
            for (var i = 0; i < n; i++) x[i] = i % 5;
            Assert.Equal(Math.Min(4, n - 1), Run<float, long>(ReduceFunction.ArgMax, DType.Float32, x, 1, n, 1)[0]);
            Assert.Equal(0, Run<float, long>(ReduceFunction.ArgMin, DType.Float32, x, 1, n, 1)[0]);
            x[n / 2] = float.NaN;
            x[n - 1] = float.NaN;
            Assert.Equal(n / 2, Run<float, long>(ReduceFunction.ArgMax, DType.Float32, x, 1, n, 1)[0]);
            Assert.Equal(n / 2, Run<float, long>(ReduceFunction.ArgMin, DType.Float32, x, 1, n, 1)[0]);
            Assert.Equal(float.NaN, Run<float, float>(ReduceFunction.Max, DType.Float32, x, 1, n, 1)[0]);
            Assert.Equal(float.NaN, Run<float, float>(ReduceFunction.Min, DType.Float32, x, 1, n, 1)[0]);
        }
        Assert.Equal(float.NegativeInfinity, Run<float, float>(ReduceFunction.Max, DType.Float32, [float.NegativeInfinity], 1, 1, 1)[0]);
        Assert.Equal(0, Run<float, long>(ReduceFunction.ArgMax, DType.Float32, [float.NegativeInfinity, float.NegativeInfinity], 1, 2, 1)[0]);
    }

    [Fact]
    public void Thread_counts_give_the_same_bits()
    {
        foreach (var (outer, length, inner) in Shapes)
        {
            var x = Random(outer * length * inner);
            var results = AtThreadCounts(() => (float[])[
                .. Run<float, float>(ReduceFunction.Sum, DType.Float32, x, outer, length, inner),
                .. Run<float, float>(ReduceFunction.Prod, DType.Float32, x, outer, length, inner)]);
            Assert.All(results, r => BlockRunner.SameBits(results[0], r));
        }
    }

    [Fact]
    public void Pieces_give_the_whole()
    {
        var x = Random(1000 * 7);
        var kernel = ReduceKernel.Find(ReduceFunction.ArgMax, DType.Float32);
        var first = new byte[7 * kernel.AccumulatorSize];
        var second = new byte[7 * kernel.AccumulatorSize];
        var result = new long[7];
        fixed (float* px = x)
        fixed (byte* a = first, b = second)
        fixed (long* r = result)
        {
            kernel.Begin(a, 7);
            kernel.Begin(b, 7);
            kernel.Accumulate(a, px, 300, 7, 7, 0);
            kernel.Accumulate(a, px + 300 * 7, 100, 7, 7, 300);
            kernel.Accumulate(b, px + 400 * 7, 600, 7, 7, 400);
            kernel.Combine(a, b, 7);
            kernel.Finish(r, a, 7, 1000);
        }
        Assert.Equal(Run<float, long>(ReduceFunction.ArgMax, DType.Float32, x, 1, 1000, 7), result);
    }

    internal static T[] AtThreadCounts<T>(Func<T> run)
    {
        var before = WorkerTeam.Default.ThreadCount;
        try
        {
            return [.. new[] { 1, 2, 4 }.Select(count =>
            {
                WorkerTeam.Default.Resize(count);
                return run();
            })];
        }
        finally
        {
            WorkerTeam.Default.Resize(before);
        }
    }

    private static float[] Random(int n)
    {
        var random = new Random(n);
        return [.. Enumerable.Range(0, n).Select(_ => (float)(random.NextDouble() + 0.5))];
    }

    private static void Check<T>(DType type, ReduceFunction[] approximate, double tolerance) where T : unmanaged, INumber<T>
    {
        foreach (var (outer, length, inner) in Shapes)
        {
            var random = new Random(7);
            var x = Enumerable.Range(0, outer * length * inner).Select(_ => T.CreateTruncating(random.Next(-50, 50) + (type is DType.Float32 or DType.Float64 ? random.NextDouble() : 0))).ToArray();
            foreach (var function in approximate)
            {
                var y = Run<T, T>(function, type, x, outer, length, inner);
                for (var i = 0; i < y.Length; i++)
                {
                    var column = Column(x, i / inner, length, inner, i % inner).Select(v => double.CreateChecked(v)).ToArray();
                    var expected = function == ReduceFunction.Prod ? column.Aggregate(1.0, (p, v) => p * v)
                        : function == ReduceFunction.Sum ? column.Sum() : column.Sum() / length;
                    var scale = function == ReduceFunction.Prod ? Math.Abs(expected) * Math.Max(1, length)
                        : column.Sum(Math.Abs) / (function == ReduceFunction.Mean ? Math.Max(1, length) : 1);
                    if (function == ReduceFunction.Prod && (double.IsInfinity(expected) || Math.Abs(expected) is > 1e30 or < 1e-30)) continue;
                    if (double.IsNaN(expected)) Assert.True(T.IsNaN(y[i]));
                    else Assert.True(Math.Abs(double.CreateChecked(y[i]) - expected) <= tolerance * scale, $"{function} [{outer}, {length}, {inner}] {i}: {y[i]}, expected {expected}");
                }
            }
            if (length == 0) continue;
            var max = Run<T, T>(ReduceFunction.Max, type, x, outer, length, inner);
            var min = Run<T, T>(ReduceFunction.Min, type, x, outer, length, inner);
            var argMax = Run<T, long>(ReduceFunction.ArgMax, type, x, outer, length, inner);
            var argMin = Run<T, long>(ReduceFunction.ArgMin, type, x, outer, length, inner);
            for (var i = 0; i < max.Length; i++)
            {
                var column = Column(x, i / inner, length, inner, i % inner).ToArray();
                Assert.Equal(column.Max(), max[i]);
                Assert.Equal(column.Min(), min[i]);
                Assert.Equal(Array.IndexOf(column, column.Max()), argMax[i]);
                Assert.Equal(Array.IndexOf(column, column.Min()), argMin[i]);
            }
        }
    }

    private static IEnumerable<T> Column<T>(T[] x, int outer, int length, int inner, int column)
    {
        for (var r = 0; r < length; r++) yield return x[(outer * length + r) * inner + column];
    }

    private static TOut[] Run<T, TOut>(ReduceFunction function, DType type, T[] x, int outer, int length, int inner)
        where T : unmanaged where TOut : unmanaged
    {
        var y = new TOut[outer * inner];
        fixed (T* px = x)
        fixed (TOut* py = y) Reduce.Run(function, type, py, px, outer, length, inner);
        return y;
    }
}
