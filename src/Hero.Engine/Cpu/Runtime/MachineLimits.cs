using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
namespace Hero.Cpu.Runtime;

/// <summary>What the machine can do at this moment, on all threads of the team: clocks and neighbours move, so measure it beside what is compared with it.</summary>
internal static unsafe class MachineLimits
{
    private const int Runs = 16;
    private const int Steps = 40_000;
    private const int Sums = 12;

    /// <summary>Operations a second of the multiply-add units, float32, widest vectors, registers only: the median of short runs over a few milliseconds.</summary>
    public static double Flops() => Median(2.0 * Lanes * Sums * Steps * WorkerTeam.Default.ThreadCount, new Arithmetic());

    /// <summary>Bytes a second, read and written, of copying half as many bytes over and over: what the cache or memory that holds them gives.</summary>
    public static double Bandwidth(long bytes)
    {
        var threads = WorkerTeam.Default.ThreadCount;
        var part = Math.Max(64, bytes / 2 / threads & -64);
        // Small pieces often enough to be timed.
        var repeats = (int)Math.Max(1, (1 << 20) / part);
        var memory = new Storage(2 * part * threads);
        memory.Span.Clear();
        var rate = Median(2.0 * part * threads * repeats, new Copying(memory.Pointer, part, repeats));
        GC.KeepAlive(memory);
        return rate;
    }

    private static double Median<TBody>(double amount, TBody body) where TBody : struct, IParallelBody
    {
        var team = WorkerTeam.Default;
        var rates = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            team.For(team.ThreadCount, ref body);
            rates[run] = amount / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(rates);
        return rates[Runs / 2];
    }

    private static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    private struct Arithmetic : IParallelBody
    {
        private float sink;

        public void Run(int item)
        {
            var seed = item * 0.25f;
            sink = Vector512.IsHardwareAccelerated ? Loop512(seed) : Vector256.IsHardwareAccelerated ? Loop256(seed) : Loop128(seed);
        }
    }

    private readonly struct Copying(byte* memory, long part, int repeats) : IParallelBody
    {
        public void Run(int item)
        {
            var source = memory + 2 * part * item;
            for (var i = 0; i < repeats; i++) Buffer.MemoryCopy(source, source + part, part, part);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop512(float seed)
    {
        Vector512<float> x = Vector512.Create(seed), y = Vector512.Create(0.5f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < Steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, y, x); b = Vector512.FusedMultiplyAdd(b, y, x); c = Vector512.FusedMultiplyAdd(c, y, x);
            d = Vector512.FusedMultiplyAdd(d, y, x); e = Vector512.FusedMultiplyAdd(e, y, x); f = Vector512.FusedMultiplyAdd(f, y, x);
            g = Vector512.FusedMultiplyAdd(g, y, x); h = Vector512.FusedMultiplyAdd(h, y, x); i = Vector512.FusedMultiplyAdd(i, y, x);
            j = Vector512.FusedMultiplyAdd(j, y, x); k = Vector512.FusedMultiplyAdd(k, y, x); l = Vector512.FusedMultiplyAdd(l, y, x);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop256(float seed)
    {
        Vector256<float> x = Vector256.Create(seed), y = Vector256.Create(0.5f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < Steps; step++)
        {
            a = Vector256.MultiplyAddEstimate(a, y, x); b = Vector256.MultiplyAddEstimate(b, y, x); c = Vector256.MultiplyAddEstimate(c, y, x);
            d = Vector256.MultiplyAddEstimate(d, y, x); e = Vector256.MultiplyAddEstimate(e, y, x); f = Vector256.MultiplyAddEstimate(f, y, x);
            g = Vector256.MultiplyAddEstimate(g, y, x); h = Vector256.MultiplyAddEstimate(h, y, x); i = Vector256.MultiplyAddEstimate(i, y, x);
            j = Vector256.MultiplyAddEstimate(j, y, x); k = Vector256.MultiplyAddEstimate(k, y, x); l = Vector256.MultiplyAddEstimate(l, y, x);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop128(float seed)
    {
        Vector128<float> x = Vector128.Create(seed), y = Vector128.Create(0.5f);
        Vector128<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < Steps; step++)
        {
            a = Vector128.MultiplyAddEstimate(a, y, x); b = Vector128.MultiplyAddEstimate(b, y, x); c = Vector128.MultiplyAddEstimate(c, y, x);
            d = Vector128.MultiplyAddEstimate(d, y, x); e = Vector128.MultiplyAddEstimate(e, y, x); f = Vector128.MultiplyAddEstimate(f, y, x);
            g = Vector128.MultiplyAddEstimate(g, y, x); h = Vector128.MultiplyAddEstimate(h, y, x); i = Vector128.MultiplyAddEstimate(i, y, x);
            j = Vector128.MultiplyAddEstimate(j, y, x); k = Vector128.MultiplyAddEstimate(k, y, x); l = Vector128.MultiplyAddEstimate(l, y, x);
        }
        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
