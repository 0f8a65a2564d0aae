using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Hero.Cpu.Kernels;

namespace Hero.Benchmarks;

/// <summary>
/// Matrix products at the shapes networks have. Prints the median of several runs in GFLOP/s, and the median share of the
/// multiply-add limit measured around each run (clocks move, so a limit measured once would lie).
/// </summary>
internal static unsafe class KernelBenchmarks
{
    private const int Runs = 9;
    private const double RunSeconds = 0.03;

    public static int Run(string[] args)
    {
        var wanted = args.Length > 0 ? args[0] : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Threads.Count} threads, multiply-add limit {FmaLimit.Measure():F0} GFLOP/s"));
        Console.WriteLine($"{"",-52}{"GFLOP/s",9}{"share",8}{"us",10}");
        foreach (var (m, n, k, a, b) in Matrices())
        {
            var name = $"gemm {m} x {n} x {k}{(a ? " A^T" : "")}{(b ? " B^T" : "")}";
            if (!name.Contains(wanted, StringComparison.OrdinalIgnoreCase)) continue;
            using Buffer left = new((nint)m * k), right = new((nint)n * k), result = new((nint)m * n);
            Report(name, 2.0 * m * n * k, () => Gemm.Run(left.Data, right.Data, result.Data, m, n, k, a, b, 1, 0, 0, 0, default(NoEpilogue)));
        }
        return 0;
    }

    private static IEnumerable<(int M, int N, int K, bool TransposeA, bool TransposeB)> Matrices() =>
    [
        (1024, 1024, 1024, false, false), (1024, 1024, 1024, true, false), (1024, 1024, 1024, false, true),
        (128, 128, 9216, false, false), (128, 9216, 128, false, true), (9216, 128, 128, true, false),
        (128, 10, 128, false, false), (128, 256, 784, false, false), (784, 256, 128, true, false),
        (100, 4, 1280, false, false), (1280, 4, 100, true, false), (100, 1280, 4, false, true),
        (1, 1001, 1280, false, false), (1, 1280, 1001, false, true), (1280, 1001, 1, true, false), (32, 1001, 1280, false, false),
        (32, 32, 32, false, false), (8, 8, 8, false, false),
        (32 * 12544, 16, 32, false, false), (32 * 3136, 144, 24, false, false), (32 * 3136, 24, 144, false, false),
        (32 * 196, 576, 96, false, false), (32 * 196, 96, 576, false, true), (96, 576, 32 * 196, true, false),
        (32 * 49, 1280, 320, false, false), (32 * 49, 320, 1280, false, true), (320, 1280, 32 * 49, true, false),
    ];

    private static void Report(string name, double flops, Action action)
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
            var before = FmaLimit.Measure();
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < repeats; i++) action();
            rates[run] = flops * repeats / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
            shares[run] = 2 * rates[run] / (before + FmaLimit.Measure());
        }
        Array.Sort(rates);
        Array.Sort(shares);
        var rate = rates[Runs / 2];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-52}{rate,9:F1}{shares[Runs / 2],8:P0}{flops / rate / 1e3,10:F1}"));
    }

    /// <summary>Aligned floats of ordinary size, outside the garbage collector's reach.</summary>
    private sealed class Buffer : IDisposable
    {
        public Buffer(nint count)
        {
            Data = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
            for (nint i = 0; i < count; i++) Data[i] = (i % 251 - 125) / 128f;
        }

        public float* Data { get; }

        public void Dispose() => NativeMemory.AlignedFree(Data);
    }
}
