using System.Numerics;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Geometries, random data and comparisons for the kernels that slide a window.</summary>
internal static class WindowCases
{
    private static readonly int[] ChannelCounts = [1, 3, 4, 7, 8, 16, 17, 33, 40];

    /// <summary>Seeded random geometries: odd sizes, strides, dilations, paddings up to more than the kernel.</summary>
    public static IEnumerable<Window2D> Random(int count, int seed, bool multiplier = false)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var (inHeight, outHeight, kernelHeight, strideHeight, dilationHeight, padTop) = Axis(random);
            var (inWidth, outWidth, kernelWidth, strideWidth, dilationWidth, padLeft) = Axis(random);
            var channels = ChannelCounts[i % ChannelCounts.Length];
            var factor = multiplier ? random.Next(2, 5) : 1;
            yield return new Window2D(
                random.Next(1, 4), inHeight, inWidth, channels, outHeight, outWidth, channels * factor, kernelHeight, kernelWidth,
                strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft, channels);
        }
    }

    /// <summary>A geometry with equal sides and TensorFlow's "same" padding.</summary>
    public static Window2D Same(int batch, int side, int channels, int kernel, int stride, int multiplier = 1)
    {
        var outSide = (side + stride - 1) / stride;
        var pad = Math.Max((outSide - 1) * stride + kernel - side, 0) / 2;
        return new Window2D(
            batch, side, side, channels, outSide, outSide, channels * multiplier, kernel, kernel, stride, stride,
            PadTop: pad, PadLeft: pad, Groups: channels);
    }

    public static int InLength(this Window2D w) => w.Batch * w.InHeight * w.InWidth * w.InChannels;

    public static int OutLength(this Window2D w) => w.Batch * w.OutHeight * w.OutWidth * w.OutChannels;

    public static double[] Values(int length, int seed)
    {
        // Multiples of 1/64: float holds them exactly.
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(-128, 129) / 64.0)];
    }

    /// <summary>Few different values, so that maxima come in twos and threes.</summary>
    public static double[] Ties(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (double)random.Next(-2, 3))];
    }

    /// <summary>Values with an infinity or no number here and there, most often at the beginning and end, where a picture's border is.</summary>
    public static double[] WithoutNumbers(double[] values, int seed)
    {
        var random = new Random(seed);
        foreach (var other in new[] { double.PositiveInfinity, double.NaN, double.NegativeInfinity })
        {
            var at = random.Next(3) switch { 0 => random.Next(Math.Min(40, values.Length)), 1 => values.Length - 1 - random.Next(Math.Min(40, values.Length)), _ => random.Next(values.Length) };
            values[at] = other;
        }
        return values;
    }

    public static void Close<T>(double[] expected, T[] actual, double magnitude, object what)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        var tolerance = magnitude * (typeof(T) == typeof(float) ? 1e-6 : 1e-14);
        for (var i = 0; i < expected.Length; i++)
        {
            var value = double.CreateChecked(actual[i]);
            if (!expected[i].Equals(value) && !(Math.Abs(expected[i] - value) <= tolerance)) Assert.Fail($"Expected {expected[i]} at {i}, got {value}: {what}");
        }
    }

    public static double Dot<T>(double[] a, T[] b)
        where T : unmanaged, IFloatingPointIeee754<T>
        => a.Zip(b, (p, q) => p * double.CreateChecked(q)).Sum();

    /// <summary>Runs with 1, 2 and 4 threads and expects the same bits.</summary>
    public static void SameForAllThreadCounts(Func<float[]> run)
    {
        var before = WorkerTeam.Default.ThreadCount;
        try
        {
            WorkerTeam.Default.Resize(1);
            var expected = run();
            Assert.DoesNotContain(float.NaN, expected);
            foreach (var threads in new[] { 2, 4 })
            {
                WorkerTeam.Default.Resize(threads);
                BlockRunner.SameBits(expected, run());
            }
        }
        finally
        {
            WorkerTeam.Default.Resize(before);
        }
    }

    private static (int In, int Out, int Kernel, int Stride, int Dilation, int Pad) Axis(Random random)
    {
        while (true)
        {
            int length = random.Next(1, 17), kernel = random.Next(1, 6), stride = random.Next(1, 5), dilation = random.Next(1, 4);
            int before = random.Next(0, kernel + 2), after = random.Next(0, kernel + 2);
            var output = (length + before + after - (kernel - 1) * dilation - 1) / stride + 1;
            if (length + before + after > (kernel - 1) * dilation && output > 0) return (length, output, kernel, stride, dilation, before);
        }
    }
}
