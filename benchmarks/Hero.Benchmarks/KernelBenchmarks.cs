using System.Diagnostics;
using System.Globalization;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

namespace Hero.Benchmarks;

/// <summary>
/// Matrix products and convolutions at the shapes networks have. Prints the median of several runs in GFLOP/s, and the median share of the
/// multiply-add limit measured around each run (clocks move, so a limit measured once would lie). Lines of bfloat16 are of operands in
/// float32, rounding included, "in memory" of operands that are bfloat16 and, but for sums over pictures, so is the result; a right operand is
/// packed before, a filter is not. "In three parts" is what <see cref="MatmulPrecision.High"/> does where it gains. Their share is of the float32 limit, too, so it may exceed 100 %.
/// </summary>
internal static unsafe class KernelBenchmarks
{
    private const int Runs = 31;
    private const double RunSeconds = 0.005;

    public static int Run(string[] args)
    {
        var wanted = args.Length > 0 ? args[0] : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Threads.Count} threads, multiply-add limit {MachineLimits.Flops() / 1e9:F0} GFLOP/s"));
        Console.WriteLine($"{"",-52}{"GFLOP/s",9}{"share",8}{"best",8}{"us",10}");
        foreach (var (m, n, k, a, b) in Matrices())
        {
            var name = $"gemm {m} x {n} x {k}{(a ? " A^T" : "")}{(b ? " B^T" : "")}";
            if (!name.Contains(wanted, StringComparison.OrdinalIgnoreCase)) continue;
            using Floats left = new((nint)m * k), right = new((nint)n * k), result = new((nint)m * n);
            Report(name, "", 2.0 * m * n * k, () => Gemm.Run(left.Data, right.Data, result.Data, m, n, k, a, b, 1, 0, 0, 0, default(NoEpilogue)));
            if (!BFloat16Gemm.Pays(m, n, k, a, isRounded: false)) continue;
            Report(name, "bfloat16", 2.0 * m * n * k, () => BFloat16Gemm.Run(left.Data, right.Data, result.Data, m, n, k, a, b, 1, 0, 0, 0, default(NoEpilogue)));
            if (TileUnit.IsFast && Math.Min(Math.Min(m, n), k) >= 64)
                Report(name, "in three parts of bfloat16", 2.0 * m * n * k, () => BFloat16Gemm.Run(left.Data, right.Data, result.Data, m, n, k, a, b, 1, 0, 0, 0, default(NoEpilogue), inThreeParts: true));
            if (a) continue;
            using Floats narrow = left.Narrow(), packed = new(BFloat16Matrix.Size(k, n) / 2);
            new BFloat16Matrix((ushort*)packed.Data, k, n).Pack(right.Data, b ? k : n, b);
            Report(name, "bfloat16 in memory", 2.0 * m * n * k, () => BFloat16Gemm.RunPacked((BFloat16*)narrow.Data, (ushort*)packed.Data, result.Data, m, n, k, default(NoEpilogue)));
        }
        foreach (var (label, w) in Convolutions())
        {
            var size = $"{w.Batch} x {w.InHeight} x {w.InWidth} x {w.InChannels} -> {w.OutChannels}, {w.KernelHeight} x {w.KernelWidth}/{w.StrideHeight}";
            if (!$"conv {label} {size}".Contains(wanted, StringComparison.OrdinalIgnoreCase)) continue;
            using Floats x = new((nint)w.Batch * w.InHeight * w.InWidth * w.InChannels);
            using Floats y = new((nint)w.Batch * w.OutHeight * w.OutWidth * w.OutChannels);
            using Floats f = new((nint)w.KernelHeight * w.KernelWidth * w.InChannels / w.Groups * w.OutChannels);
            var flops = 2.0 * w.Batch * w.OutHeight * w.OutWidth * w.OutChannels * w.KernelHeight * w.KernelWidth * w.InChannels / w.Groups;
            var name = $"conv {size} {label}";
            Report(name, "", flops, () => Conv2D.Forward(w, x.Data, f.Data, y.Data, default(NoEpilogue)));
            Report(name, "input gradient", flops, () => Conv2D.InputGradient(w, y.Data, f.Data, x.Data));
            Report(name, "filter gradient", flops, () => Conv2D.FilterGradient(w, x.Data, y.Data, f.Data));
            if (BFloat16Conv2D.ForwardPays(w)) Report(name, "bfloat16", flops, () => BFloat16Conv2D.Forward(w, x.Data, f.Data, y.Data, default(NoEpilogue)));
            if (BFloat16Conv2D.InputGradientPays(w)) Report(name, "bfloat16 input gradient", flops, () => BFloat16Conv2D.InputGradient(w, y.Data, f.Data, x.Data, default(NoEpilogue)));
            if (BFloat16Conv2D.FilterGradientPays(w, isRounded: true)) Report(name, "bfloat16 filter gradient", flops, () => BFloat16Conv2D.FilterGradient(w, x.Data, y.Data, f.Data));
            using Floats narrowX = x.Narrow(), narrowY = y.Narrow(), narrowF = f.Narrow();
            BFloat16* nx = (BFloat16*)narrowX.Data, ny = (BFloat16*)narrowY.Data, nf = (BFloat16*)narrowF.Data;
            if (BFloat16Conv2D.ForwardPays(w)) Report(name, "bfloat16 in memory", flops, () => BFloat16Conv2D.Forward(w, nx, nf, null, new Rounding(ny)));
            if (BFloat16Conv2D.InputGradientPays(w)) Report(name, "bfloat16 in memory, input gradient", flops, () => BFloat16Conv2D.InputGradient(w, ny, nf, null, new Rounding(nx)));
            if (BFloat16Conv2D.FilterGradientPays(w, isRounded: false)) Report(name, "bfloat16 in memory, filter gradient", flops, () => BFloat16Conv2D.FilterGradient(w, nx, ny, f.Data));
        }
        return 0;
    }

    private static IEnumerable<(string Name, Window2D Window)> Convolutions() =>
    [
        ("mnist 1", new(128, 28, 28, 1, 26, 26, 32, 3, 3)),
        ("mnist 2", new(128, 26, 26, 32, 24, 24, 64, 3, 3)),
        ("resnet", new(32, 56, 56, 64, 56, 56, 64, 3, 3, PadTop: 1, PadLeft: 1)),
        ("resnet", new(32, 7, 7, 512, 7, 7, 512, 3, 3, PadTop: 1, PadLeft: 1)),
        ("resnet", new(32, 56, 56, 64, 28, 28, 128, 3, 3, 2, 2)),
        ("resnet", new(32, 28, 28, 128, 28, 28, 128, 3, 3, PadTop: 1, PadLeft: 1)),
        ("resnet", new(32, 14, 14, 256, 14, 14, 256, 3, 3, PadTop: 1, PadLeft: 1)),
        ("cifar", new(128, 32, 32, 3, 32, 32, 16, 3, 3, PadTop: 1, PadLeft: 1)),
        ("cifar", new(128, 32, 32, 16, 32, 32, 16, 3, 3, PadTop: 1, PadLeft: 1)),
        ("cifar", new(128, 32, 32, 16, 16, 16, 32, 3, 3, 2, 2)),
        ("cifar", new(128, 16, 16, 32, 16, 16, 32, 3, 3, PadTop: 1, PadLeft: 1)),
        ("cifar", new(128, 16, 16, 32, 8, 8, 64, 3, 3, 2, 2)),
        ("cifar", new(128, 8, 8, 64, 8, 8, 64, 3, 3, PadTop: 1, PadLeft: 1)),
        ("mobilenet 1", new(32, 224, 224, 3, 112, 112, 32, 3, 3, 2, 2)),
        ("mobilenet", new(32, 112, 112, 32, 112, 112, 16, 1, 1)),
        ("mobilenet", new(32, 56, 56, 24, 56, 56, 144, 1, 1)),
        ("mobilenet", new(32, 14, 14, 96, 14, 14, 576, 1, 1)),
        ("mobilenet", new(32, 7, 7, 320, 7, 7, 1280, 1, 1)),
        ("mobilenet, one picture", new(1, 14, 14, 96, 14, 14, 576, 1, 1)),
        ("resnet, one picture", new(1, 28, 28, 128, 28, 28, 128, 3, 3, PadTop: 1, PadLeft: 1)),
    ];

    private static IEnumerable<(int M, int N, int K, bool TransposeA, bool TransposeB)> Matrices() =>
    [
        (2048, 2048, 2048, false, false),
        (1024, 1024, 1024, false, false), (1024, 1024, 1024, true, false), (1024, 1024, 1024, false, true), (1024, 1024, 1024, true, true),
        (128, 128, 9216, false, false), (128, 9216, 128, false, true), (9216, 128, 128, true, false),
        (128, 10, 128, false, false), (128, 256, 784, false, false), (784, 256, 128, true, false),
        (128, 512, 784, false, false), (128, 512, 512, false, false), (128, 10, 512, false, false),
        (784, 512, 128, true, false), (512, 512, 128, true, false), (512, 10, 128, true, false),
        (128, 512, 512, false, true), (128, 512, 10, false, true),
        (32, 1024, 256, false, false), (32, 256, 1024, false, true), (256, 1024, 224, true, false),
        (64, 512, 128, false, false), (64, 128, 512, false, true), (128, 512, 6400, true, false),
        (100, 4, 1280, false, false), (1280, 4, 100, true, false), (100, 1280, 4, false, true),
        (1, 1001, 1280, false, false), (1, 1280, 1001, false, true), (1280, 1001, 1, true, false), (32, 1001, 1280, false, false),
        (32, 64, 7, false, false), (32, 1, 64, false, false), (7, 64, 32, true, false), (64, 1, 32, true, false), (32, 64, 1, false, true),
        (32, 32, 32, false, false), (8, 8, 8, false, false),
    ];

    /// <param name="subject">What is computed.</param>
    /// <param name="way">In which way, where that is not the usual one: an indented line.</param>
    /// <param name="flops">Its operations.</param>
    /// <param name="action">Computes it once.</param>
    private static void Report(string subject, string way, double flops, Action action)
    {
        action();
        var start = Stopwatch.GetTimestamp();
        action();
        var repeats = (int)Math.Clamp(RunSeconds / Math.Max(1e-9, Stopwatch.GetElapsedTime(start).TotalSeconds), 1, 20_000);
        for (var i = 0; i < repeats; i++) action();

        var rates = new double[Runs];
        var shares = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var before = MachineLimits.Flops() / 1e9;
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < repeats; i++) action();
            rates[run] = flops * repeats / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
            shares[run] = 2 * rates[run] / (before + MachineLimits.Flops() / 1e9);
        }
        var rate = Statistics.Median(rates);
        var name = way.Length == 0 ? subject : "     " + way;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-52}{rate,9:F1}{Statistics.Median(shares),8:P0}{shares.Max(),8:P0}{flops / rate / 1e3,10:F1}"));
        Figure.Record(new(way.Length == 0 ? subject : $"{subject}, {way}", "ms", flops / rate / 1e6, flops / rates.Max() / 1e6, flops / rates.Min() / 1e6, Runs));
    }

    /// <summary>Rounds what a kernel hands over.</summary>
    private readonly struct Rounding(BFloat16* target) : IEpilogue
    {
        public void Apply(nint start, nint length) => throw new NotSupportedException();

        public void ApplyRows(nint start, nint length, nint rows, nint step) => throw new NotSupportedException();

        public void ApplyRows(float* values, nint valueStep, nint start, nint length, nint rows, nint step)
        {
            if (length == step && length == valueStep) BFloat16Loops.Narrow(target + start, values, rows * length);
            else for (nint row = 0; row < rows; row++) BFloat16Loops.Narrow(target + start + row * step, values + row * valueStep, length);
        }
    }
}
