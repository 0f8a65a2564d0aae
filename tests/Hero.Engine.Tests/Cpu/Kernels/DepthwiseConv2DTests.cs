using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

[Collection("threads")]
public sealed unsafe class DepthwiseConv2DTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Float_agrees_with_the_plain_loop(bool multiplier)
    {
        foreach (var w in WindowCases.Random(72, 1, multiplier)) Check<float>(w);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Double_agrees_with_the_plain_loop(bool multiplier)
    {
        foreach (var w in WindowCases.Random(72, 2, multiplier)) Check<double>(w);
    }

    [Theory]
    [InlineData(28, 32, 1)]
    [InlineData(29, 24, 2)]
    [InlineData(14, 96, 1)]
    [InlineData(7, 160, 1)]
    [InlineData(14, 144, 2)]
    public void The_layers_of_a_mobile_net_agree_with_the_plain_loop(int side, int channels, int stride) =>
        Check<float>(WindowCases.Same(2, side, channels, 3, stride));

    [Fact]
    public void Three_by_three_windows_agree_with_the_plain_loop_for_all_small_sizes_and_paddings()
    {
        var channels = new[] { 16, 1, 17, 8, 33 };
        for (var i = 0; i < 9 * 9 * 9; i++)
        {
            int left = i % 3, right = i / 3 % 3, top = i / 9 % 3, bottom = i / 27 % 3, width = 1 + i / 81 * 2 + i % 2, height = 1 + i % 8;
            int outWidth = width + left + right - 2, outHeight = height + top + bottom - 2, c = channels[i % channels.Length];
            if (outWidth < 1 || outHeight < 1) continue;
            var w = new Window2D(2, height, width, c, outHeight, outWidth, c, 3, 3, PadTop: top, PadLeft: left);
            Check<float>(w);
            if (i % 4 == 0) Check<double>(w);
            double[] x = WindowCases.WithoutNumbers(WindowCases.Values(w.InLength(), i), i), dy = WindowCases.Values(w.OutLength(), i + 1);
            if (i % 3 == 0) WindowCases.WithoutNumbers(dy, i + 1);
            WindowCases.Close(WindowReference.DepthwiseFilterGradient(w, x, dy), FilterGradient<float>(w, x, dy), 1000, w);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Gradients_are_the_transposes(int multiplier)
    {
        foreach (var w in WindowCases.Random(60, 3, multiplier > 1))
        {
            double[] x = WindowCases.Values(w.InLength(), 4), filter = WindowCases.Values(FilterLength(w), 5);
            var dy = WindowCases.Values(w.OutLength(), 6);
            var forward = WindowCases.Dot(dy, Forward<double, NoEpilogue>(w, x, filter, default));
            Assert.Equal(forward, WindowCases.Dot(x, InputGradient<double>(w, dy, filter)), 9);
            Assert.Equal(forward, WindowCases.Dot(filter, FilterGradient<double>(w, x, dy)), 9);
        }
    }

    [Theory]
    [InlineData(40, 33, 1, 1)]
    [InlineData(41, 32, 2, 1)]
    [InlineData(30, 17, 1, 2)]
    public void Every_thread_count_gives_the_same_bits(int side, int channels, int stride, int multiplier)
    {
        var w = WindowCases.Same(3, side, channels, 3, stride, multiplier);
        double[] x = WindowCases.Values(w.InLength(), 7), filter = WindowCases.Values(FilterLength(w), 8);
        var dy = WindowCases.Values(w.OutLength(), 9);
        WindowCases.SameForAllThreadCounts(() => Forward<float, NoEpilogue>(w, x, filter, default));
        WindowCases.SameForAllThreadCounts(() => InputGradient<float>(w, dy, filter));
        WindowCases.SameForAllThreadCounts(() => FilterGradient<float>(w, x, dy));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_epilogue_meets_every_output_once_when_it_is_final(int multiplier)
    {
        var w = WindowCases.Same(2, 37, 24, 3, 1, multiplier);
        double[] x = WindowCases.Values(w.InLength(), 10), filter = WindowCases.Values(FilterLength(w), 11);
        var plain = Forward<float, NoEpilogue>(w, x, filter, default);
        using var y = new GuardedBuffer<float>(w.OutLength());
        using var input = new GuardedBuffer<float>(x);
        using var taps = new GuardedBuffer<float>(filter);
        DepthwiseConv2D.Forward(w, input.Data, taps.Data, y.Data, new AddOne(y.Data));
        Assert.Equal(plain.Select(value => value + 1), y.ToArray());
    }

    [Fact]
    public void An_empty_batch_is_no_work_and_has_no_filter_gradient()
    {
        var w = WindowCases.Same(1, 5, 16, 3, 1) with { Batch = 0 };
        Assert.Empty(Forward<float, NoEpilogue>(w, [], new double[FilterLength(w)], default));
        Assert.Empty(InputGradient<float>(w, [], new double[FilterLength(w)]));
        Assert.All(FilterGradient<float>(w, [], []), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Channels_that_do_not_divide_are_refused()
    {
        var w = WindowCases.Same(1, 5, 16, 3, 1) with { OutChannels = 24 };
        var error = Assert.Throws<ArgumentException>(() => DepthwiseConv2D.Forward<float, NoEpilogue>(w, null, null, null, default));
        Assert.Contains("24 for 16", error.Message, StringComparison.Ordinal);
    }

    private static void Check<T>(Window2D w)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double[] x = WindowCases.Values(w.InLength(), 12), filter = WindowCases.Values(FilterLength(w), 13);
        var dy = WindowCases.Values(w.OutLength(), 14);
        WindowCases.Close(WindowReference.Depthwise(w, x, filter), Forward<T, NoEpilogue>(w, x, filter, default), 50, w);
        WindowCases.Close(WindowReference.DepthwiseInputGradient(w, dy, filter), InputGradient<T>(w, dy, filter), 50, w);
        WindowCases.Close(WindowReference.DepthwiseFilterGradient(w, x, dy), FilterGradient<T>(w, x, dy), 1000, w);
    }

    private static int FilterLength(Window2D w) => w.KernelHeight * w.KernelWidth * w.OutChannels;

    private static T[] Forward<T, TEpilogue>(Window2D w, double[] x, double[] filter, TEpilogue epilogue)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TEpilogue : struct, IEpilogue
    {
        using var input = new GuardedBuffer<T>(x);
        using var taps = new GuardedBuffer<T>(filter);
        using var y = new GuardedBuffer<T>(w.OutLength());
        DepthwiseConv2D.Forward(w, input.Data, taps.Data, y.Data, epilogue);
        return y.ToArray();
    }

    private static T[] InputGradient<T>(Window2D w, double[] dy, double[] filter)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var output = new GuardedBuffer<T>(dy);
        using var taps = new GuardedBuffer<T>(filter);
        using var dx = new GuardedBuffer<T>(w.InLength());
        DepthwiseConv2D.InputGradient(w, output.Data, taps.Data, dx.Data);
        return dx.ToArray();
    }

    private static T[] FilterGradient<T>(Window2D w, double[] x, double[] dy)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var input = new GuardedBuffer<T>(x);
        using var output = new GuardedBuffer<T>(dy);
        using var df = new GuardedBuffer<T>(FilterLength(w));
        DepthwiseConv2D.FilterGradient(w, input.Data, output.Data, df.Data);
        return df.ToArray();
    }

    private readonly struct AddOne(float* y) : IEpilogue
    {
        private readonly float* y = y;

        public void Apply(nint start, nint length)
        {
            for (var i = start; i < start + length; i++) y[i] += 1;
        }

        public void ApplyRows(nint start, nint length, nint rows, nint step)
        {
            for (nint row = 0; row < rows; row++) Apply(start + row * step, length);
        }

        public void ApplyRows(float* values, nint valueStep, nint start, nint length, nint rows, nint step) =>
            throw new NotSupportedException("This kernel writes its output.");
    }
}
