using System.Numerics;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public unsafe class PhiloxTests
{
    private const ulong Key = 0x299f31d0a4093822;
    private const int Many = 200_000;

    /// <summary>The known answers of the authors' Random123 library (kat_vectors, philox4x32 10).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, Key, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_have_the_authors_answers(uint c0, uint c1, uint c2, uint c3, ulong key, uint w0, uint w1, uint w2, uint w3)
    {
        Assert.Equal((w0, w1, w2, w3), PhiloxWords.Block(c0, c1, c2, c3, key));

        // The same block as one of a group.
        var words = new uint[PhiloxWords.GroupSize];
        var block = c0 | (ulong)c1 << 32;
        fixed (uint* w = words) PhiloxWords.Group(w, key, c2 | (ulong)c3 << 32, block / 16);
        var lane = (int)(block % 16);
        Assert.Equal((w0, w1, w2, w3), (words[lane], words[16 + lane], words[32 + lane], words[48 + lane]));
    }

    [Fact]
    public void Groups_are_blocks_side_by_side()
    {
        var words = new uint[64];
        foreach (var group in new ulong[] { 0, 1, 12345, 1ul << 28, (1ul << 40) + 7 })
        {
            fixed (uint* w = words) PhiloxWords.Group(w, Key, 0x123456789abcdef0, group);
            for (uint lane = 0; lane < 16; lane++)
            {
                var block = group * 16 + lane;
                var (w0, w1, w2, w3) = PhiloxWords.Block((uint)block, (uint)(block >> 32), 0x9abcdef0, 0x12345678, Key);
                Assert.Equal((w0, w1, w2, w3), (words[lane], words[16 + lane], words[32 + lane], words[48 + lane]));
            }
        }
    }

    [Fact]
    public void Any_cut_gives_the_same_numbers()
    {
        CheckCuts<float>((d, n, o) => Philox.Uniform(d, n, 1, 2, o));
        CheckCuts<double>((d, n, o) => Philox.Uniform(d, n, 1, 2, o));
        CheckCuts<float>((d, n, o) => Philox.Normal(d, n, 1, 2, o));
        CheckCuts<double>((d, n, o) => Philox.Normal(d, n, 1, 2, o));
        CheckCuts<float>((d, n, o) => Philox.TruncatedNormal(d, n, 1, 2, o));
        CheckCuts<double>((d, n, o) => Philox.TruncatedNormal(d, n, 1, 2, o));
        CheckCuts<uint>((d, n, o) => Philox.Bits(d, n, 1, 2, o));
        CheckCuts<int>((d, n, o) => Philox.Integers(d, n, -5, 17, 1, 2, o));
        CheckCuts<long>((d, n, o) => Philox.Integers(d, n, -5, 17, 1, 2, o));
        CheckCuts<float>((d, n, o) =>
        {
            new Span<float>(d, (int)n).Fill(1);
            Dropout.Apply(d, d, n, 0.3f, 1, 2, o);
        });
    }

    [Fact]
    public void Uniform_is_even()
    {
        Check(Draw<float>((d, n) => Philox.Uniform(d, n, Key, 0, 0)));
        Check(Draw<double>((d, n) => Philox.Uniform(d, n, Key, 1, 0)));

        static void Check(double[] x)
        {
            Assert.All(x, v => Assert.True(v is >= 0 and < 1));
            Assert.Equal(0.5, x.Average(), 0.003);
            Assert.Equal(1.0 / 12, Variance(x), 0.001);
            Assert.Equal(0, Correlation(x), 0.01);
            AssertEven(x.Select(v => (int)(v * 64)), 64);
        }
    }

    [Fact]
    public void Normal_is_normal()
    {
        Check(Draw<float>((d, n) => Philox.Normal(d, n, Key, 0, 0)));
        Check(Draw<double>((d, n) => Philox.Normal(d, n, Key, 1, 0)));

        static void Check(double[] x)
        {
            Assert.All(x, v => Assert.True(double.IsFinite(v)));
            Assert.Equal(0, x.Average(), 0.01);
            Assert.Equal(1, Variance(x), 0.02);
            Assert.Equal(0, x.Average(v => v * v * v), 0.04);
            Assert.Equal(3, x.Average(v => v * v * v * v), 0.1);
            Assert.Equal(0, Correlation(x), 0.01);
            AssertEven(x.Select(v => Math.Min(63, (int)(Cumulative(v) * 64))), 64);
        }
    }

    [Fact]
    public void Truncated_normal_is_cut_at_two()
    {
        Check(Draw<float>((d, n) => Philox.TruncatedNormal(d, n, Key, 0, 0)));
        Check(Draw<double>((d, n) => Philox.TruncatedNormal(d, n, Key, 1, 0)));

        static void Check(double[] x)
        {
            Assert.All(x, v => Assert.True(Math.Abs(v) <= 2));
            Assert.Equal(0, x.Average(), 0.01);
            Assert.Equal(0.7737413, Variance(x), 0.01);       // 1 - 2 * 2 phi(2) / (2 Phi(2) - 1)
            double low = Cumulative(-2), mass = Cumulative(2) - Cumulative(-2);
            AssertEven(x.Select(v => Math.Clamp((int)((Cumulative(v) - low) / mass * 64), 0, 63)), 64);
        }
    }

    [Fact]
    public void Integers_are_even_and_in_range()
    {
        var x = new int[Many];
        fixed (int* p = x) Philox.Integers(p, Many, -10, 54, Key, 0, 0);
        Assert.All(x, v => Assert.InRange(v, -10, 53));
        AssertEven(x.Select(v => v + 10), 64);
        var wide = new long[1000];
        fixed (long* p = wide) Philox.Integers(p, 1000, long.MinValue, long.MaxValue, Key, 0, 0);
        Assert.InRange(wide.Count(v => v < 0), 420, 580);
        fixed (int* p = x) Philox.Integers(p, 1000, int.MinValue, int.MaxValue, Key, 0, 0);
        Assert.InRange(x.Take(1000).Count(v => v < 0), 420, 580);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.999f)]
    [InlineData(1f)]
    public void Dropout_keeps_the_mean(float rate)
    {
        Check<float>();
        Check<double>();

        void Check<T>() where T : unmanaged, INumber<T>
        {
            T[] x = new T[Many], y = new T[Many];
            Array.Fill(x, T.One);
            x[7] = T.CreateTruncating(double.NaN);
            fixed (T* px = x, py = y)
            {
                Dropout.Apply(py, px, Many, rate, Key, 5, 0);
                Dropout.Apply(px, px, Many, rate, Key, 5, 0);
            }
            BlockRunner.SameBits(y, x);
            y[7] = T.Zero;
            var kept = y.Count(v => v != T.Zero) / (double)Many;
            Assert.Equal(1 - rate, kept, 0.004);
            if (rate < 1) Assert.All(y, v => Assert.True(v == T.Zero || Math.Abs(double.CreateChecked(v) - 1 / (1 - (double)rate)) < 1e-3));
        }
    }

    [Fact]
    public void Float_and_double_drop_the_same_elements()
    {
        var single = new float[500];
        var number = new double[500];
        Array.Fill(single, 1);
        Array.Fill(number, 1);
        fixed (float* s = single)
        fixed (double* d = number)
        {
            Dropout.Apply(s, s, 500, 0.4f, Key, 5, 77);
            Dropout.Apply(d, d, 500, 0.4f, Key, 5, 77);
        }
        Assert.Equal(single.Select(v => v != 0), number.Select(v => v != 0));
    }

    [Fact]
    public void Thread_counts_give_the_same_bits()
    {
        foreach (var distribution in Enum.GetValues<Distribution>())
        {
            var results = ReduceTests.AtThreadCounts(() =>
            {
                var x = new float[100_001];
                fixed (float* p = x)
                {
                    RandomKernels.Fill(distribution, DType.Float32, p, x.Length, Key, 9);
                    RandomKernels.Drop(DType.Float32, p, p, x.Length, 0.25f, Key, 10);
                }
                return x;
            });
            Assert.All(results, r => BlockRunner.SameBits(results[0], r));
        }
    }

    private delegate void Range<T>(T* dst, nint n, nint offset) where T : unmanaged;

    private delegate void Filler<T>(T* dst, nint n) where T : unmanaged;

    private static void CheckCuts<T>(Range<T> range) where T : unmanaged
    {
        var whole = new T[700];
        fixed (T* p = whole) range(p, 700, 3);
        var random = new Random(2);
        for (var n = 0; n <= 256; n++)
        {
            var start = random.Next(700 - n);
            var part = new T[n + 1];
            fixed (T* p = part) range(p, n, 3 + start);
            BlockRunner.SameBits(whole[start..(start + n)], part[..n]);
            Assert.Equal(default, part[n]);
        }
    }

    private static double[] Draw<T>(Filler<T> fill) where T : unmanaged, INumber<T>
    {
        var x = new T[Many];
        fixed (T* p = x) fill(p, Many);
        return [.. x.Select(v => double.CreateChecked(v))];
    }

    private static double Variance(double[] x)
    {
        var mean = x.Average();
        return x.Average(v => (v - mean) * (v - mean));
    }

    /// <summary>Of neighbours, and of elements that come from the same block.</summary>
    private static double Correlation(double[] x)
    {
        var mean = x.Average();
        return new[] { 1, 16, 32, 64 }.Max(lag => Math.Abs(
            Enumerable.Range(0, x.Length - lag).Average(i => (x[i] - mean) * (x[i + lag] - mean)) / Variance(x)));
    }

    /// <summary>Chi-square over equally likely bins: within 5 deviations of its mean.</summary>
    private static void AssertEven(IEnumerable<int> bins, int count)
    {
        var counts = new int[count];
        foreach (var bin in bins) counts[bin]++;
        var expected = (double)Many / count;
        var square = counts.Sum(c => (c - expected) * (c - expected) / expected);
        Assert.InRange(square, count - 1 - 5 * Math.Sqrt(2.0 * count), count - 1 + 5 * Math.Sqrt(2.0 * count));
    }

    /// <summary>The normal distribution function by the series phi(x) (x + x^3/3 + x^5/15 + ...).</summary>
    private static double Cumulative(double x)
    {
        double term = x, sum = x;
        for (var n = 1; n < 200; n++) sum += term *= x * x / (2 * n + 1);
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }
}
