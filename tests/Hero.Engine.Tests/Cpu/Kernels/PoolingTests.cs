using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public sealed unsafe class PoolingTests
{
    [Fact]
    public void Maximum_and_its_gradients_agree_with_the_plain_loop_in_float()
    {
        foreach (var w in WindowCases.Random(72, 21)) CheckMaximum<float>(w);
    }

    [Fact]
    public void Maximum_and_its_gradients_agree_with_the_plain_loop_in_double()
    {
        foreach (var w in WindowCases.Random(72, 22)) CheckMaximum<double>(w);
    }

    [Fact]
    public void Average_agrees_with_the_plain_loop()
    {
        foreach (var w in WindowCases.Random(72, 23))
        {
            CheckAverage<float>(w);
            CheckAverage<double>(w);
        }
    }

    [Theory]
    [InlineData(24, 32, 2, 2)]
    [InlineData(41, 24, 3, 2)]
    [InlineData(30, 33, 3, 1)]
    [InlineData(7, 33, 7, 1)]
    public void Usual_pools_agree_with_the_plain_loop(int side, int channels, int kernel, int stride)
    {
        var w = WindowCases.Same(3, side, channels, kernel, stride);
        CheckMaximum<float>(w);
        CheckAverage<float>(w);
    }

    [Fact]
    public void Windows_that_reach_far_across_bands_agree_with_the_plain_loop()
    {
        var w = new Window2D(2, 50, 30, 33, 24, 28, 33, 4, 3, 2, 1, 3, 2, PadTop: 4, PadLeft: 2);
        CheckMaximum<float>(w);
        CheckAverage<float>(w);
    }

    [Fact]
    public void Gradients_are_transposes()
    {
        foreach (var w in WindowCases.Random(60, 24))
        {
            double[] x = WindowCases.Ties(w.InLength(), 25), v = WindowCases.Values(w.InLength(), 26);
            var dy = WindowCases.Values(w.OutLength(), 27);
            Assert.Equal(WindowCases.Dot(dy, Pick<double>(w, x, v)), WindowCases.Dot(v, MaximumGradient<double>(w, x, dy)), 9);
            Assert.Equal(WindowCases.Dot(dy, Average<double>(w, x)), WindowCases.Dot(x, AverageGradient<double>(w, dy)), 9);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    public void A_window_with_nan_has_nan_for_its_maximum_and_sends_its_gradient_there(int channels)
    {
        var w = WindowCases.Same(1, 12, channels, 2, 2);
        var x = WindowCases.Ties(w.InLength(), 28);
        for (var i = 0; i < x.Length; i += 7) x[i] = double.NaN;
        CheckMaximum<float>(w, x);
        CheckMaximum<double>(w, x);
    }

    [Fact]
    public void Minus_infinity_everywhere_is_its_own_maximum()
    {
        var w = WindowCases.Same(1, 6, 16, 3, 2);
        var x = new double[w.InLength()];
        Array.Fill(x, double.NegativeInfinity);
        CheckMaximum<float>(w, x);
    }

    [Fact]
    public void A_window_in_the_padding_is_minus_infinity_or_zero_and_takes_part_in_no_gradient()
    {
        var w = new Window2D(1, 2, 2, 16, 4, 4, 16, 1, 1, PadTop: 1, PadLeft: 1);
        var x = WindowCases.Values(w.InLength(), 29);
        Assert.Equal(float.NegativeInfinity, Maximum<float>(w, x)[0]);
        Assert.Equal(0, Average<float>(w, x)[0]);
        CheckMaximum<float>(w);
        CheckAverage<float>(w);
    }

    [Theory]
    [InlineData(40, 32, 2, 2)]
    [InlineData(41, 24, 3, 2)]
    [InlineData(30, 33, 3, 1)]
    public void Every_thread_count_gives_the_same_bits(int side, int channels, int kernel, int stride)
    {
        var w = WindowCases.Same(3, side, channels, kernel, stride);
        double[] x = WindowCases.Ties(w.InLength(), 30), v = WindowCases.Values(w.InLength(), 31);
        var dy = WindowCases.Values(w.OutLength(), 32);
        WindowCases.SameForAllThreadCounts(() => Maximum<float>(w, x));
        WindowCases.SameForAllThreadCounts(() => MaximumGradient<float>(w, x, dy));
        WindowCases.SameForAllThreadCounts(() => Pick<float>(w, x, v));
        WindowCases.SameForAllThreadCounts(() => Average<float>(w, x));
        WindowCases.SameForAllThreadCounts(() => AverageGradient<float>(w, dy));
    }

    [Fact]
    public void Of_bfloat16_it_is_float32s_result_rounded_once()
    {
        Window2D[] usual = [WindowCases.Same(5, 41, 24, 3, 2), WindowCases.Same(3, 24, 40, 2, 2), WindowCases.Same(2, 25, 33, 2, 2), WindowCases.Same(2, 9, 3, 2, 3)];
        foreach (var w in WindowCases.Random(60, 36).Concat(usual))
        {
            // Sums of a band of windows are rounded once, whatever their order.
            var (x, dy) = (Narrow(WindowCases.Ties(w.InLength(), 37)), Narrow(WindowCases.Values(w.OutLength(), 38)));
            for (var i = 0; i < x.Length; i++) x[i] = i % 5 == 0 && x[i] == 0 ? (BFloat16)(-0f) : i % 53 == 0 ? (BFloat16)float.NaN : x[i];
            BFloat16[] y = new BFloat16[w.OutLength()], mean = new BFloat16[w.OutLength()], dx = new BFloat16[w.InLength()];
            fixed (BFloat16* px = x, py = y, pm = mean, pdy = dy, pdx = dx)
            {
                Pooling<WindowMaximum>.Forward(w, px, py, default(NoEpilogue));
                Pooling<WindowMean>.Forward(w, px, pm, default(NoEpilogue));
                MaxPool2DGradient.Run(w, px, py, pdy, pdx, default(NoEpilogue));
            }
            double[] wide = [.. x.Select(number => (double)number)], wideDy = [.. dy.Select(number => (double)number)];
            BlockRunner.SameBits(Narrow([.. Maximum<float>(w, wide)]), y);
            BlockRunner.SameBits(Narrow([.. Average<float>(w, wide)]), mean);
            BlockRunner.SameBits(Narrow([.. MaximumGradient<float>(w, wide, wideDy)]), dx);
        }
    }

    private static BFloat16[] Narrow(double[] values) => Array.ConvertAll(values, value => (BFloat16)(float)value);

    [Fact]
    public void Different_channels_are_refused()
    {
        var w = WindowCases.Same(1, 5, 16, 2, 2) with { OutChannels = 32 };
        Assert.Throws<ArgumentException>(() => Pooling<WindowMaximum>.Forward<float, NoEpilogue>(w, null, null, default));
        Assert.Throws<ArgumentException>(() => AveragePool2DGradient.Run<float>(w, null, null));
    }

    private static void CheckMaximum<T>(Window2D w, double[]? x = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        x ??= WindowCases.Ties(w.InLength(), 33);
        double[] v = WindowCases.Values(w.InLength(), 34), dy = WindowCases.Values(w.OutLength(), 35);
        var (maximum, place) = WindowReference.Maximum(w, x);
        var dx = new double[w.InLength()];
        for (var i = 0; i < place.Length; i++)
        {
            if (place[i] >= 0) dx[place[i]] += dy[i];
        }
        Same(maximum, Maximum<T>(w, x), w);
        Same(dx, MaximumGradient<T>(w, x, dy), w);
        Same([.. place.Select(at => at < 0 ? 0 : v[at])], Pick<T>(w, x, v), w);
    }

    private static void CheckAverage<T>(Window2D w)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double[] x = WindowCases.Values(w.InLength(), 36), dy = WindowCases.Values(w.OutLength(), 37);
        WindowCases.Close(WindowReference.Average(w, x), Average<T>(w, x), 4, w);
        WindowCases.Close(WindowReference.AverageGradient(w, dy), AverageGradient<T>(w, dy), 50, w);
    }

    private static void Same<T>(double[] expected, T[] actual, Window2D w)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < expected.Length; i++)
        {
            // Equals: NaN equals NaN; ==: 0 equals -0.
            var value = double.CreateChecked(actual[i]);
            Assert.True(expected[i].Equals(value) || expected[i] == value, $"Expected {expected[i]} at {i}, got {value}: {w}");
        }
    }

    private static T[] Maximum<T>(Window2D w, double[] x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var input = new GuardedBuffer<T>(x);
        using var y = new GuardedBuffer<T>(w.OutLength());
        Pooling<WindowMaximum>.Forward(w, input.Data, y.Data, default(NoEpilogue));
        return y.ToArray();
    }

    private static T[] MaximumGradient<T>(Window2D w, double[] x, double[] dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var input = new GuardedBuffer<T>(x);
        using var y = new GuardedBuffer<T>(w.OutLength());
        using var output = new GuardedBuffer<T>(dy);
        using var dx = new GuardedBuffer<T>(w.InLength());
        Pooling<WindowMaximum>.Forward(w, input.Data, y.Data, default(NoEpilogue));
        // The epilogue must see every element once, when it is final.
        MaxPool2DGradient.Run(w, input.Data, y.Data, output.Data, dx.Data, new Doubling<T>(dx.Data));
        return Array.ConvertAll(dx.ToArray(), value => value / (T.One + T.One));
    }

    private readonly struct Doubling<T>(T* data) : IEpilogue where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Apply(nint start, nint length)
        {
            for (var i = start; i < start + length; i++) data[i] += data[i];
        }

        public void ApplyRows(nint start, nint length, nint rows, nint step)
        {
            for (nint row = 0; row < rows; row++) Apply(start + row * step, length);
        }

        public void ApplyRows(float* values, nint valueStep, nint start, nint length, nint rows, nint step) =>
            throw new NotSupportedException("This kernel writes its output.");
    }

    private static T[] Pick<T>(Window2D w, double[] x, double[] v)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var input = new GuardedBuffer<T>(x);
        using var y = new GuardedBuffer<T>(w.OutLength());
        using var values = new GuardedBuffer<T>(v);
        using var picked = new GuardedBuffer<T>(w.OutLength());
        Pooling<WindowMaximum>.Forward(w, input.Data, y.Data, default(NoEpilogue));
        MaxPool2DGradient.Pick(w, input.Data, y.Data, values.Data, picked.Data);
        return picked.ToArray();
    }

    private static T[] Average<T>(Window2D w, double[] x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var input = new GuardedBuffer<T>(x);
        using var y = new GuardedBuffer<T>(w.OutLength());
        Pooling<WindowMean>.Forward(w, input.Data, y.Data, default(NoEpilogue));
        return y.ToArray();
    }

    private static T[] AverageGradient<T>(Window2D w, double[] dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var output = new GuardedBuffer<T>(dy);
        using var dx = new GuardedBuffer<T>(w.InLength());
        AveragePool2DGradient.Run(w, output.Data, dx.Data);
        return dx.ToArray();
    }
}
