using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public unsafe class MomentsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(2, 3)]
    [InlineData(63, 10)]
    [InlineData(1000, 1)]
    [InlineData(777, 24)]
    [InlineData(5000, 32)]
    [InlineData(300, 1280)]
    [InlineData(130, 2500)]
    [InlineData(20000, 7)]
    public void Agree_with_two_passes_in_double(int rows, int columns)
    {
        Check<float>(rows, columns, 0, 1, 3e-6);
        Check<double>(rows, columns, 0, 1, 1e-13);

        // Far from 0: the mean is a thousand standard deviations away.
        Check<float>(rows, columns, 1000, 1, 3e-6);
    }

    [Fact]
    public void An_outlying_first_row_does_no_harm()
    {
        var x = Data<float>(4000, 20, 1000, 1);
        for (var c = 0; c < 20; c++) x[c] = 0;
        var (_, variance) = Run(x, 4000, 20);
        for (var c = 0; c < 20; c++)
        {
            var expected = TwoPass(x, 4000, 20, c).Variance;
            Assert.InRange(variance[c], expected * (1 - 1e-5), expected * (1 + 1e-5));
        }
    }

    [Fact]
    public void Constant_columns_have_no_variance()
    {
        var x = new float[500 * 6];
        Array.Fill(x, 0.1f);
        var (mean, variance) = Run(x, 500, 6);
        Assert.All(mean, m => Assert.Equal(0.1f, m));
        Assert.All(variance, v => Assert.InRange(v, 0, 1e-16f));
    }

    [Fact]
    public void No_rows_give_NaN()
    {
        var (mean, variance) = Run<float>([], 0, 2);
        Assert.All(mean, m => Assert.True(float.IsNaN(m)));
        Assert.All(variance, v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void Thread_counts_give_the_same_bits()
    {
        foreach (var (rows, columns) in new[] { (20000, 7), (3000, 300), (5000, 32) })
        {
            var x = Data<float>(rows, columns, 5, 2);
            var results = ReduceTests.AtThreadCounts(() => Run(x, rows, columns));
            foreach (var (mean, variance) in results)
            {
                BlockRunner.SameBits(results[0].Mean, mean);
                BlockRunner.SameBits(results[0].Variance, variance);
            }
        }
    }

    private static void Check<T>(int rows, int columns, double center, double width, double tolerance) where T : unmanaged, INumber<T>
    {
        var x = Data<T>(rows, columns, center, width);
        var (mean, variance) = Run(x, rows, columns);
        for (var c = 0; c < columns; c++)
        {
            var expected = TwoPass(x, rows, columns, c);
            Assert.Equal(expected.Mean, double.CreateChecked(mean[c]), tolerance * (1 + Math.Abs(center)) * 0.1);
            Assert.Equal(expected.Variance, double.CreateChecked(variance[c]), tolerance * Math.Max(width, 1e-3));
        }
    }

    private static (double Mean, double Variance) TwoPass<T>(T[] x, int rows, int columns, int c) where T : unmanaged, INumber<T>
    {
        var column = Enumerable.Range(0, rows).Select(r => double.CreateChecked(x[r * columns + c])).ToArray();
        var mean = column.Average();
        return (mean, column.Average(v => (v - mean) * (v - mean)));
    }

    private static T[] Data<T>(int rows, int columns, double center, double width) where T : unmanaged, INumber<T>
    {
        var random = new Random(rows + columns);
        return [.. Enumerable.Range(0, rows * columns).Select(_ => T.CreateTruncating(center + width * (random.NextDouble() - 0.5)))];
    }

    private static (T[] Mean, T[] Variance) Run<T>(T[] x, int rows, int columns) where T : unmanaged, INumber<T>
    {
        var mean = new T[columns];
        var variance = new T[columns];
        fixed (T* px = x, pm = mean, pv = variance) Moments.Run(px, rows, columns, pm, pv);
        return (mean, variance);
    }
}
