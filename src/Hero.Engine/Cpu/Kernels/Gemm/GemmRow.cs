using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A row times a matrix, y = x B. Every element of B is read once, which is the limit: an item goes through whole rows of it, in the order of memory, a few at
/// a time, and adds them to its part of y, which stays in the first-level cache.
/// </summary>
internal unsafe struct GemmRow<TSimd, TVector, T, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Elements of the matrix worth an item.</summary>
    private const int ItemElements = 64 * 1024;

    private const int MaxChunks = 8;

    /// <summary>Columns an item takes at most.</summary>
    private const int MaxColumns = 4096;

    /// <summary>Rows of the matrix that are added at a time.</summary>
    private const int RowsAtOnce = 8;

    private T* x, matrix, y, partials;
    private int n, k, chunks, columnBlocks;
    private TEpilogue epilogue;
    private nint outputStart;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    /// <summary>x [k], matrix [k, n], y [n].</summary>
    public static void Run(T* x, T* matrix, T* y, int n, int k, in TEpilogue epilogue, nint outputStart)
    {
        var blocks = GemmPlan.Up(n, MaxColumns);
        var wanted = Math.Clamp((long)n * k / ItemElements / blocks, 1, Math.Max(1, Math.Min(MaxChunks, k / RowsAtOnce)));
        var body = new GemmRow<TSimd, TVector, T, TEpilogue>
        {
            x = x, matrix = matrix, y = y, n = n, k = k, chunks = 1 << BitOperations.Log2((uint)wanted), columnBlocks = blocks, epilogue = epilogue, outputStart = outputStart,
        };
        if (body.chunks > 1) body.partials = (T*)Scratch.Get(3, (body.chunks - 1) * (nint)n * sizeof(T));
        WorkerTeam.Default.For(body.chunks * blocks, ref body);
        if (body.chunks > 1) GemmReduction<TSimd, TVector, T, TEpilogue>.Run(y, n, body.partials, body.chunks - 1, epilogue, outputStart);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int chunk = item / columnBlocks, block = item % columnBlocks;
        int from = GemmPlan.Cut(k, chunks, chunk), to = GemmPlan.Cut(k, chunks, chunk + 1);
        int start = GemmPlan.Cut(n, columnBlocks, block), count = GemmPlan.Cut(n, columnBlocks, block + 1) - start;
        var output = (chunk == 0 ? y : partials + (chunk - 1) * (nint)n) + start;
        for (var row = from; row < to; row += RowsAtOnce) Add(Math.Min(RowsAtOnce, to - row), x + row, matrix + row * (nint)n + start, output, count, row > from);
        if (chunks == 1) epilogue.Apply(outputStart + start, count);
    }

    private readonly void Add(int rows, T* factors, T* source, T* output, int count, bool accumulate)
    {
        switch (rows)
        {
            case 1: Add<N1>(factors, source, output, count, accumulate); break;
            case 2: Add<N2>(factors, source, output, count, accumulate); break;
            case 3: Add<N3>(factors, source, output, count, accumulate); break;
            case 4: Add<N4>(factors, source, output, count, accumulate); break;
            case 5: Add<N5>(factors, source, output, count, accumulate); break;
            case 6: Add<N6>(factors, source, output, count, accumulate); break;
            case 7: Add<N7>(factors, source, output, count, accumulate); break;
            default: Add<N8>(factors, source, output, count, accumulate); break;
        }
    }

    /// <summary>output = or += the sum of TRows rows times their factors (marker structs as in <see cref="GemmTile"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Add<TRows>(T* factors, T* source, T* output, int count, bool accumulate) where TRows : unmanaged
    {
        nint step = n;
        TVector x0 = TSimd.Broadcast(factors), x1 = sizeof(TRows) > 1 ? TSimd.Broadcast(factors + 1) : x0;
        TVector x2 = sizeof(TRows) > 2 ? TSimd.Broadcast(factors + 2) : x0, x3 = sizeof(TRows) > 3 ? TSimd.Broadcast(factors + 3) : x0;
        TVector x4 = sizeof(TRows) > 4 ? TSimd.Broadcast(factors + 4) : x0, x5 = sizeof(TRows) > 5 ? TSimd.Broadcast(factors + 5) : x0;
        TVector x6 = sizeof(TRows) > 6 ? TSimd.Broadcast(factors + 6) : x0, x7 = sizeof(TRows) > 7 ? TSimd.Broadcast(factors + 7) : x0;
        T* b = source, b4 = source + 4 * step, end = source + (count - count % Lanes);
        for (; b < end; b += Lanes, b4 += Lanes, output += Lanes)
        {
            var sum = accumulate ? TSimd.Load(output) : TSimd.Zero;
            sum = TSimd.MultiplyAdd(x0, TSimd.Load(b), sum);
            if (sizeof(TRows) > 1) sum = TSimd.MultiplyAdd(x1, TSimd.Load(b + step), sum);
            if (sizeof(TRows) > 2) sum = TSimd.MultiplyAdd(x2, TSimd.Load(b + 2 * step), sum);
            if (sizeof(TRows) > 3) sum = TSimd.MultiplyAdd(x3, TSimd.Load(b + 3 * step), sum);
            if (sizeof(TRows) > 4) sum = TSimd.MultiplyAdd(x4, TSimd.Load(b4), sum);
            if (sizeof(TRows) > 5) sum = TSimd.MultiplyAdd(x5, TSimd.Load(b4 + step), sum);
            if (sizeof(TRows) > 6) sum = TSimd.MultiplyAdd(x6, TSimd.Load(b4 + 2 * step), sum);
            if (sizeof(TRows) > 7) sum = TSimd.MultiplyAdd(x7, TSimd.Load(b4 + 3 * step), sum);
            TSimd.Store(sum, output);
        }
        var rest = count % Lanes;
        if (rest == 0) return;
        var last = accumulate ? TSimd.LoadFirst(output, rest) : TSimd.Zero;
        last = TSimd.MultiplyAdd(x0, TSimd.LoadFirst(b, rest), last);
        if (sizeof(TRows) > 1) last = TSimd.MultiplyAdd(x1, TSimd.LoadFirst(b + step, rest), last);
        if (sizeof(TRows) > 2) last = TSimd.MultiplyAdd(x2, TSimd.LoadFirst(b + 2 * step, rest), last);
        if (sizeof(TRows) > 3) last = TSimd.MultiplyAdd(x3, TSimd.LoadFirst(b + 3 * step, rest), last);
        if (sizeof(TRows) > 4) last = TSimd.MultiplyAdd(x4, TSimd.LoadFirst(b4, rest), last);
        if (sizeof(TRows) > 5) last = TSimd.MultiplyAdd(x5, TSimd.LoadFirst(b4 + step, rest), last);
        if (sizeof(TRows) > 6) last = TSimd.MultiplyAdd(x6, TSimd.LoadFirst(b4 + 2 * step, rest), last);
        if (sizeof(TRows) > 7) last = TSimd.MultiplyAdd(x7, TSimd.LoadFirst(b4 + 3 * step, rest), last);
        TSimd.StoreFirst(last, output, rest);
    }
}
