using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Kernels;

namespace Hero.Cpu.Runtime;

/// <summary>What the machine can do at this moment, on all threads of the team: clocks and neighbours move, so measure it beside what is compared with it.
/// Every figure is the median of short runs over a few milliseconds.</summary>
internal static unsafe class MachineLimits
{
    private const int Runs = 16;

    // Arithmetic is dealt in short pieces, so that a slow core takes fewer and the others do not wait for it: the sum of what the cores can do.
    private const int PiecesPerThread = 16;
    private const int Steps = 5_000;
    private const int Sums = 14;

    // For the matrix unit: operands that stay in the first-level cache, gone through again and again.
    private const int TileSteps = 8, TileRounds = 250;

    /// <summary>Operations a second of the multiply-add units, float32, widest vectors, registers only.</summary>
    public static double Flops() =>
        Vector512.IsHardwareAccelerated ? Flops<TileVector512<float>, Vector512<float>>()
        : Vector256.IsHardwareAccelerated ? Flops<TileVector256<float>, Vector256<float>>()
        : Vector128.IsHardwareAccelerated ? Flops<TileVector128<float>, Vector128<float>>()
        : Flops<TileVector1<float>, float>();

    /// <summary>Operations a second of the matrix unit, bfloat16 products and float32 sums, operands in the first-level cache; 0 where there is none.</summary>
    public static double MatrixFlops()
    {
        if (!TileUnit.IsSupported) return 0;
        const int rows = 2 * TileUnit.Rows, depth = TileSteps * TileUnit.DepthStep;
        return Median(PiecesPerThread, 2.0 * rows * TileUnit.Columns * depth * TileRounds, default(Tiles));
    }

    /// <summary>Bytes a second, read and written, of copying half as many bytes over and over: what the cache or memory that holds them gives.</summary>
    public static double CopyBandwidth(long bytes) => Bandwidth(bytes, (memory, part, repeats) => new Copying(memory, part, repeats));

    /// <summary>Bytes a second of reading as many bytes over and over.</summary>
    public static double ReadBandwidth(long bytes) =>
        Vector512.IsHardwareAccelerated ? Bandwidth(bytes, (memory, part, repeats) => new Reading<TileVector512<float>, Vector512<float>>(memory, 2 * part, repeats))
        : Vector256.IsHardwareAccelerated ? Bandwidth(bytes, (memory, part, repeats) => new Reading<TileVector256<float>, Vector256<float>>(memory, 2 * part, repeats))
        : Vector128.IsHardwareAccelerated ? Bandwidth(bytes, (memory, part, repeats) => new Reading<TileVector128<float>, Vector128<float>>(memory, 2 * part, repeats))
        : Bandwidth(bytes, (memory, part, repeats) => new Reading<TileVector1<float>, float>(memory, 2 * part, repeats));

    private static double Flops<TSimd, TVector>() where TSimd : struct, ITileVector<TVector, float> where TVector : unmanaged =>
        Median(PiecesPerThread, 2.0 * sizeof(TVector) / sizeof(float) * Sums * Steps, default(Arithmetic<TSimd, TVector>));

    /// <summary>A body is made of the memory, half a thread's part of it in bytes, and how often it is gone through.</summary>
    private static double Bandwidth<TBody>(long bytes, Func<nint, long, int, TBody> body) where TBody : struct, IParallelBody
    {
        var threads = WorkerTeam.Default.ThreadCount;
        var part = Math.Max(256, bytes / 2 / threads & -256);
        // Small pieces often enough to be timed.
        var repeats = (int)Math.Max(1, (1 << 20) / part);
        var memory = new Storage(2 * part * threads);
        memory.Span.Clear();
        var rate = Median(1, 2.0 * part * repeats, body((nint)memory.Pointer, part, repeats));
        GC.KeepAlive(memory);
        return rate;
    }

    /// <summary>The median rate of runs of so many pieces for each thread, all of them the same amount of work.</summary>
    private static double Median<TBody>(int piecesPerThread, double pieceAmount, TBody body) where TBody : struct, IParallelBody
    {
        var team = WorkerTeam.Default;
        var pieces = piecesPerThread * team.ThreadCount;
        var rates = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            team.For(pieces, ref body);
            rates[run] = pieces * pieceAmount / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(rates);
        return (rates[(Runs - 1) / 2] + rates[Runs / 2]) / 2;
    }

    private struct Arithmetic<TSimd, TVector> : IParallelBody where TSimd : struct, ITileVector<TVector, float> where TVector : unmanaged
    {
        private float sink;

        public void Run(int item) => sink = Multiply<TSimd, TVector>(item * 0.25f);
    }

    private readonly struct Copying(nint memory, long part, int repeats) : IParallelBody
    {
        public void Run(int item)
        {
            var source = (byte*)memory + 2 * part * item;
            for (var i = 0; i < repeats; i++) Buffer.MemoryCopy(source, source + part, part, part);
        }
    }

    private struct Reading<TSimd, TVector>(nint memory, long part, int repeats) : IParallelBody where TSimd : struct, ITileVector<TVector, float> where TVector : unmanaged
    {
        private float sink;

        public void Run(int item)
        {
            var source = (float*)((byte*)memory + part * item);
            for (var i = 0; i < repeats; i++) sink = Sum<TSimd, TVector>(source, part / sizeof(float));
        }
    }

    private readonly struct Tiles : IParallelBody
    {
        public void Run(int item)
        {
            const int leftRow = TileSteps * TileUnit.DepthStep * sizeof(ushort), left = 2 * TileUnit.Rows * leftRow, right = TileUnit.Columns * leftRow;
            const int outputRow = TileUnit.Columns * sizeof(float), output = 2 * TileUnit.Rows * outputRow;
            var memory = (byte*)Scratch.Get(0, left + right + output);
            new Span<byte>(memory, left + right + output).Clear();
            var segments = (nint*)Scratch.Get(1, TileRounds * sizeof(nint));
            new Span<nint>(segments, TileRounds).Clear();
            var blocks = stackalloc TileBlock[2] { new(0, 0, 0), new(TileUnit.Rows * leftRow, 0, TileUnit.Rows * outputRow) };
            var call = new TileCall
            {
                Left = memory, Right = memory + left, Output = memory + left + right, Blocks = blocks, Count = 1,
                Segments = segments, SegmentCount = TileRounds, StepsPerSegment = TileSteps, RightSegmentSkip = -right,
                LeftRowStep = leftRow, LeftDepthStep = TileUnit.DepthStep * sizeof(ushort), OutputRowStep = outputRow,
            };
            TileUnit.RunPairs(&call, TileUnit.Rows, TileUnit.Columns, TileUnit.DepthStep);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Multiply<TSimd, TVector>(float seed) where TSimd : struct, ITileVector<TVector, float> where TVector : unmanaged
    {
        var half = 0.5f;
        TVector x = TSimd.Broadcast(&seed), y = TSimd.Broadcast(&half);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x, m = x, n = x;
        for (var step = 0; step < Steps; step++)
        {
            a = TSimd.MultiplyAdd(a, y, x); b = TSimd.MultiplyAdd(b, y, x); c = TSimd.MultiplyAdd(c, y, x); d = TSimd.MultiplyAdd(d, y, x);
            e = TSimd.MultiplyAdd(e, y, x); f = TSimd.MultiplyAdd(f, y, x); g = TSimd.MultiplyAdd(g, y, x); h = TSimd.MultiplyAdd(h, y, x);
            i = TSimd.MultiplyAdd(i, y, x); j = TSimd.MultiplyAdd(j, y, x); k = TSimd.MultiplyAdd(k, y, x); l = TSimd.MultiplyAdd(l, y, x);
            m = TSimd.MultiplyAdd(m, y, x); n = TSimd.MultiplyAdd(n, y, x);
        }
        TVector first = Sum<TSimd, TVector>(a, b, c, d), second = Sum<TSimd, TVector>(e, f, g, h), third = Sum<TSimd, TVector>(i, j, k, l);
        return TSimd.Sum(Sum<TSimd, TVector>(first, second, third, TSimd.Add(m, n)));
    }

    /// <summary>A multiple of 64 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sum<TSimd, TVector>(float* source, long count) where TSimd : struct, ITileVector<TVector, float> where TVector : unmanaged
    {
        var lanes = sizeof(TVector) / sizeof(float);
        TVector a = TSimd.Zero, b = a, c = a, d = a;
        for (long i = 0; i < count; i += 4 * lanes)
        {
            a = TSimd.Add(a, TSimd.Load(source + i));
            b = TSimd.Add(b, TSimd.Load(source + i + lanes));
            c = TSimd.Add(c, TSimd.Load(source + i + 2 * lanes));
            d = TSimd.Add(d, TSimd.Load(source + i + 3 * lanes));
        }
        return TSimd.Sum(Sum<TSimd, TVector>(a, b, c, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum<TSimd, TVector>(TVector a, TVector b, TVector c, TVector d) where TSimd : struct, ITileVector<TVector, float> where TVector : unmanaged =>
        TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d));
}
