using System.Diagnostics;
using System.Globalization;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Benchmarks;

/// <summary>
/// Kernels that slide a window over pictures, on the shapes of MobileNet v2 and of small classifiers. They are bound by memory: prints
/// GB/s, each array counted once where it is read or written, beside GFLOP/s and the share of the limit: of copying as many bytes, or of multiply-adds where these take longer.
/// </summary>
internal static unsafe class WindowBenchmarks
{
    private const int Runs = 15;
    private const double RunSeconds = 0.02;

    // Input side, channels and stride of MobileNet v2's depthwise layers at 224 x 224, repeats left out.
    private static readonly (int Side, int Channels, int Stride)[] MobileNet =
    [
        (112, 32, 1), (112, 96, 2), (56, 144, 1), (56, 144, 2), (28, 192, 1),
        (28, 192, 2), (14, 384, 1), (14, 576, 1), (14, 576, 2), (7, 960, 1),
    ];

    private static readonly (int Side, int Channels, int Kernel, int Stride)[] Pools =
    [
        (24, 64, 2, 2), (112, 64, 2, 2), (112, 64, 3, 2), (28, 192, 3, 1), (7, 1280, 7, 7),
    ];

    public static int Depthwise(string[] args)
    {
        Start("3 x 3 depthwise convolution", args, out var batch);
        foreach (var (side, channels, stride) in MobileNet)
        {
            var w = Window(batch, side, channels, 3, stride);
            using Floats x = new((nint)batch * side * side * channels), y = new((nint)batch * w.OutHeight * w.OutWidth * channels);
            using Floats filter = new(9 * channels), gradient = new(9 * channels);
            var name = $"{side} x {side} x {channels} / {stride}";
            double flops = 18.0 * y.Count, bytes = 4.0 * (x.Count + y.Count);
            Report(name, flops, bytes, () => DepthwiseConv2D.Forward(w, x.Data, filter.Data, y.Data, default(NoEpilogue)));
            Report(name + " filter gradient", flops, bytes, () => DepthwiseConv2D.FilterGradient(w, x.Data, y.Data, gradient.Data));
            Report(name + " input gradient", flops, bytes, () => DepthwiseConv2D.InputGradient(w, y.Data, filter.Data, x.Data));
        }
        return 0;
    }

    public static int Pooling(string[] args)
    {
        Start("pooling", args, out var batch);
        foreach (var (side, channels, kernel, stride) in Pools)
        {
            var w = Window(batch, side, channels, kernel, stride);
            using Floats x = new((nint)batch * side * side * channels), dx = new(x.Count);
            using Floats y = new((nint)batch * w.OutHeight * w.OutWidth * channels), dy = new(y.Count);
            var name = $"{side} x {side} x {channels}, {kernel} x {kernel} / {stride}";
            double flops = (double)kernel * kernel * y.Count, bytes = 4.0 * (x.Count + y.Count);
            Report(name + " max", flops, bytes, () => Pooling<WindowMaximum>.Forward(w, x.Data, y.Data, default(NoEpilogue)));
            Report(name + " max gradient", flops, 2 * bytes, () => MaxPool2DGradient.Run(w, x.Data, y.Data, dy.Data, dx.Data, default(NoEpilogue)));
            Report(name + " average", flops, bytes, () => Pooling<WindowMean>.Forward(w, x.Data, y.Data, default(NoEpilogue)));
            Report(name + " average gradient", flops, bytes, () => AveragePool2DGradient.Run(w, dy.Data, dx.Data));
        }
        return 0;
    }

    /// <summary>Square windows with TensorFlow's "same" padding.</summary>
    private static Window2D Window(int batch, int side, int channels, int kernel, int stride)
    {
        var outSide = (side + stride - 1) / stride;
        var pad = Math.Max((outSide - 1) * stride + kernel - side, 0) / 2;
        return new Window2D(batch, side, side, channels, outSide, outSide, channels, kernel, kernel, stride, stride, PadTop: pad, PadLeft: pad);
    }

    private static void Start(string what, string[] args, out int batch)
    {
        batch = Arguments.Number(args, 0, 32);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what}, float32, batch {batch}, {Threads.Count} threads, multiply-add limit {MachineLimits.Flops() / 1e9:F0} GFLOP/s"));
        Console.WriteLine($"{"",-40}{"ms",9}{"fastest",9}{"GB/s",9}{"GFLOP/s",9}{"share",7}");
    }

    private static void Report(string name, double flops, double bytes, Action action)
    {
        action();
        var start = Stopwatch.GetTimestamp();
        action();
        var repeats = (int)Math.Clamp(RunSeconds / Math.Max(1e-9, Stopwatch.GetElapsedTime(start).TotalSeconds), 1, 10_000);
        var times = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < repeats; i++) action();
            times[run] = Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
        }
        var median = Statistics.Median(times);
        var least = Math.Max(bytes / MachineLimits.CopyBandwidth((long)bytes), flops / MachineLimits.Flops());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-40}{median * 1e3,9:F3}{times.Min() * 1e3,9:F3}{bytes / median / 1e9,9:F1}{flops / median / 1e9,9:F1}{least / median,7:P0}"));
    }
}
