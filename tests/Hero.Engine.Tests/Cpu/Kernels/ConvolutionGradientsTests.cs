using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Both gradients of a convolution from one kernel, beside plain loops in double precision.</summary>
[Collection("threads")]
public sealed unsafe class ConvolutionGradientsTests
{
    private delegate void Kernel(in Window2D w, in ConvolutionGradients operands);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Depthwise_ones_agree_with_the_plain_loop_for_all_small_sizes_and_paddings(bool isWithoutNumbers)
    {
        var channels = new[] { 16, 1, 17, 8, 33, 35 };
        var seen = new int[3];
        for (var i = 0; i < 3 * 81 * 16; i++)
        {
            int left = i % 3, right = i / 3 % 3, top = i / 9 % 3, bottom = i / 27 % 3, width = 1 + i / 81 % 16 * 2 + i % 2, height = 1 + i % 8, stride = i < 81 * 16 ? 1 : 2, c = channels[i % channels.Length];
            int outWidth = (width + left + right - 3) / stride + 1, outHeight = (height + top + bottom - 3) / stride + 1;
            if (width + left + right < 3 || height + top + bottom < 3) continue;
            var w = new Window2D(1 + i % 3, height, width, c, outHeight, outWidth, c, 3, 3, stride, stride, PadTop: top, PadLeft: left, Groups: c);
            if (!DepthwiseGradients.Takes(w)) continue;
            Depthwise(w, isWithoutNumbers ? i : null);
            seen[stride]++;
        }
        Assert.True(seen[1] > 500 && seen[2] > 500, $"{seen[1]} and {seen[2]} cases");
    }

    [Theory]
    [InlineData(28, 32, 1)]
    [InlineData(57, 48, 1)]
    [InlineData(29, 24, 2)]
    [InlineData(7, 160, 1)]
    [InlineData(14, 144, 2)]
    public void Depthwise_layers_of_a_mobile_network_agree_with_the_plain_loop(int side, int channels, int stride)
    {
        var w = WindowCases.Same(3, side, channels, 3, stride);
        Assert.True(DepthwiseGradients.Takes(w));
        Depthwise(w);
        Depthwise(w with { PadTop = 1, PadLeft = 1, OutHeight = (side - 1) / stride + 1, OutWidth = (side - 1) / stride + 1 });
    }

    [Theory]
    [InlineData(17, 1)]
    [InlineData(33, 2)]
    public void Other_depthwise_ones_are_left_alone(int channels, int stride)
    {
        var w = WindowCases.Same(2, 13, channels, 3, stride);
        Assert.True(DepthwiseGradients.Takes(w));
        Assert.False(DepthwiseGradients.Takes(w with { DilationHeight = 2 }));
        Assert.False(DepthwiseGradients.Takes(w with { OutChannels = 2 * channels }));
        Assert.False(DepthwiseGradients.Takes(w with { StrideHeight = 3 }));
        Assert.False(DepthwiseGradients.Takes(w with { KernelWidth = 5 }));
        Assert.False(DepthwiseGradients.Takes(w with { PadLeft = 3 }));
    }

    [Theory]
    [InlineData(3, 40, 37, 16, 96)]
    [InlineData(5, 31, 33, 24, 145)]
    [InlineData(1, 4099, 1, 9, 17)]
    [InlineData(2, 64, 61, 33, 200)]
    [InlineData(7, 26, 27, 101, 640)]
    [InlineData(3, 40, 37, 96, 16)]
    [InlineData(5, 31, 33, 145, 24)]
    [InlineData(1, 4099, 1, 17, 9)]
    [InlineData(7, 26, 27, 640, 101)]
    public void Pointwise_ones_agree_with_the_plain_loop(int batch, int height, int width, int channelsIn, int channelsOut)
    {
        var w = new Window2D(batch, height, width, channelsIn, height, width, channelsOut, 1, 1);
        Assert.True(PointwiseGradients.Takes(w));
        var pixels = batch * height * width;
        double[] x = WindowCases.Values(w.InLength(), 1), dy = WindowCases.Values(w.OutLength(), 2), filter = WindowCases.Values(channelsIn * channelsOut, 3);
        double[] dx = new double[x.Length], df = new double[filter.Length];
        for (var p = 0; p < pixels; p++)
            for (var i = 0; i < channelsIn; i++)
                for (var o = 0; o < channelsOut; o++)
                {
                    dx[p * channelsIn + i] += dy[p * channelsOut + o] * filter[i * channelsOut + o];
                    df[i * channelsOut + o] += x[p * channelsIn + i] * dy[p * channelsOut + o];
                }
        Check(w, PointwiseGradients.Run, x, dy, filter, dx, df, 4.0 * channelsOut, 4.0 * pixels);
    }

    /// <param name="w">The geometry.</param>
    /// <param name="odd">Not null: x and sometimes dy have infinities and no numbers, chosen by this seed. What taps do not meet stays as it is.</param>
    private static void Depthwise(Window2D w, int? odd = null)
    {
        double[] x = WindowCases.Values(w.InLength(), 1), dy = WindowCases.Values(w.OutLength(), 2), filter = WindowCases.Values(9 * w.InChannels, 3);
        if (odd is { } seed)
        {
            WindowCases.WithoutNumbers(x, seed);
            if (seed % 3 == 0) WindowCases.WithoutNumbers(dy, seed + 1);
        }
        Check(w, DepthwiseGradients.Run, x, dy, filter, WindowReference.DepthwiseInputGradient(w, dy, filter), WindowReference.DepthwiseFilterGradient(w, x, dy), 36, 4.0 * w.OutLength() / w.OutChannels);
    }

    /// <summary>Operands in memory, and made as they are read; with 1, 3 and 4 threads: the same bits.</summary>
    private static void Check(Window2D w, Kernel kernel, double[] x, double[] dy, double[] filter, double[] dx, double[] df, double magnitude, double filterMagnitude)
    {
        using GuardedBuffer<float> xs = new(x), dys = new(dy), filters = new(filter), dxs = new(dx.Length), dfs = new(df.Length);
        (float[] Dx, float[] Df)? first = null;
        var before = Threads.Count;
        try
        {
            foreach (var (threads, made) in new[] { (1, 0), (1, 1), (1, 2), (3, 3), (4, 0), (4, 3) })
            {
                Threads.Count = threads;
                new Span<float>(dxs.Data, dx.Length).Fill(float.NaN);
                new Span<float>(dfs.Data, df.Length).Fill(float.NaN);
                kernel(w, new ConvolutionGradients
                {
                    X = (made & 1) == 0 ? xs.Data : null, XIntake = (made & 1) == 0 ? default : new Intake(new Copied(xs.Data), null),
                    Dy = (made & 2) == 0 ? dys.Data : null, DyIntake = (made & 2) == 0 ? default : new Intake(new Copied(dys.Data), null),
                    Filter = filters.Data, Dx = dxs.Data, DFilter = dfs.Data,
                });
                first ??= (dxs.ToArray(), dfs.ToArray());
                Assert.True(new Span<float>(dxs.Data, dx.Length).SequenceEqual(first.Value.Dx), $"{threads} threads give another dx: {w}");
                Assert.True(new Span<float>(dfs.Data, df.Length).SequenceEqual(first.Value.Df), $"{threads} threads give another filter gradient: {w}");
            }
        }
        finally
        {
            Threads.Count = before;
        }
        WindowCases.Close(dx, first!.Value.Dx, magnitude, w);
        WindowCases.Close(df, first!.Value.Df, filterMagnitude, w);
    }

    private sealed class Copied(float* source) : IIntake
    {
        public void Make(void** slots, nint start, nint length, void* target) => new Span<float>(source + start, (int)length).CopyTo(new Span<float>(target, (int)length));
    }
}
