using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Matrix products as dot products: C[i, j] = sum over p of left[i, p] * right[j, p], both operands with rows of their inner dimension. Vectors run along
/// that dimension: for very few rows or columns, where tiles would leave most of their lanes empty, and for rows too few to earn back that a transposed
/// right operand is packed.
/// </summary>
internal unsafe struct GemmDot<TSimd, TVector, T, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
    where TEpilogue : struct, IEpilogue
{
    /// <summary>The most rows and columns of a block of sums; no product with a side so small fills a tile.</summary>
    private const int MaxSmallSide = 4;

    /// <summary>Up to this many columns leave lanes of a tile empty, too, ...</summary>
    private const int MaxColumns = 12;

    /// <summary>... and are dot products where that costs more than adding up their lanes at the end: as much as so many steps of inner dimension.</summary>
    private const int SumDepth = 128;

    /// <summary>Up to this many rows are not worth packing a transposed right operand for ...</summary>
    private const int MaxRows = 32;

    /// <summary>... if the inner dimension is so many times as long, since each sum is added up across its lanes at the end, ...</summary>
    private const int MinDepthRatio = 6;

    /// <summary>... and a block's rows of the right operand stay in the first-level cache while they meet all of the left one.</summary>
    private const int BlockBytes = 32 * 1024;

    /// <summary>With at least this many vectors of inner dimension few rows or columns are dot products.</summary>
    private const int MinVectors = 4;

    /// <summary>Elements of a right operand of few columns that each thread transposes for itself.</summary>
    private const int OwnElements = 16 * 1024;

    /// <summary>Multiply-adds worth an item; fewer than elsewhere, because memory is the limit.</summary>
    private const int ItemWork = 80 * 1024;

    private const int MaxItems = 32;

    private T* left, right, output;
    private int m, n, k, cuts;
    private long product;   // tells products apart whose right operand each thread transposes; 0 where it lies by columns
    private TEpilogue epilogue;
    private nint outputStart;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    private readonly bool ByRows => n <= MaxColumns;

    /// <summary>Whether a product is best computed so; a left operand that is transposed must be turned before.</summary>
    public static bool Takes(int m, int n, int k, bool transposeB) =>
        (k >= MinVectors * Lanes && (n <= MaxSmallSide || (transposeB && m <= MaxSmallSide)))
        || (m > 1 && n <= MaxColumns && (long)n * (k + SumDepth) < (long)GemmPlan.Up(n, Lanes) * Lanes * k)
        || (transposeB && m <= MaxRows && k >= MinDepthRatio * m && MaxSmallSide * k * sizeof(T) <= BlockBytes);

    /// <summary>Whether each thread transposes a right operand of few columns for itself, rather than the team before.</summary>
    public static bool Transposes(int n, int k) => n <= MaxColumns && (long)n * k <= OwnElements;

    /// <param name="left">[m, k].</param>
    /// <param name="right">[n, k]; [k, n] unless <paramref name="byColumns"/>, which is for those that it <see cref="Transposes"/>.</param>
    /// <param name="byColumns">Whether columns of the right operand are rows in memory.</param>
    /// <param name="output">[m, n].</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="k">The inner dimension.</param>
    /// <param name="epilogue">Gets each range of finished output.</param>
    /// <param name="outputStart">Where the output begins in what the epilogue knows.</param>
    public static void Run(T* left, T* right, bool byColumns, T* output, int m, int n, int k, in TEpilogue epilogue, nint outputStart)
    {
        var body = new GemmDot<TSimd, TVector, T, TEpilogue>
        {
            left = left, right = right, output = output, m = m, n = n, k = k, epilogue = epilogue, outputStart = outputStart,
            product = byColumns ? 0 : KeptColumns.NextProduct(),
        };
        // A power of two: usual numbers of threads have the same to do, and what they made in a step before that is cut so, too.
        var most = Math.Min(MaxItems, GemmPlan.Up(body.ByRows ? m : n, MaxSmallSide));
        body.cuts = 1 << Math.Min(BitOperations.Log2((uint)most), (int)Math.Ceiling(Math.Log2(Math.Max(1, (double)m * n * k / ItemWork))));
        WorkerTeam.Default.For(body.cuts, ref body);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int rowStart = 0, rowEnd = m, columnStart = 0, columnEnd = n;
        if (ByRows)
        {
            rowStart = GemmPlan.Cut(m, cuts, item);
            rowEnd = GemmPlan.Cut(m, cuts, item + 1);
        }
        else
        {
            var blocks = GemmPlan.Up(n, MaxSmallSide);
            columnStart = GemmPlan.Cut(blocks, cuts, item) * MaxSmallSide;
            columnEnd = Math.Min(n, GemmPlan.Cut(blocks, cuts, item + 1) * MaxSmallSide);
        }
        var most = TSimd.MaxRows > 2 * MaxSmallSide ? MaxSmallSide : MaxSmallSide / 2;   // rows of sums that fit the registers
        var columns = product == 0 ? right : Transposed();
        if (ByRows)
        {
            for (var row = rowStart; row < rowEnd; row += most) Row(row, Math.Min(most, rowEnd - row), 0, n, columns);
        }
        else
        {
            // Rows of the right operand stay near while they meet all rows of the left one.
            for (var column = columnStart; column < columnEnd; column += MaxSmallSide)
            {
                for (var row = 0; row < m; row += most) Row(row, Math.Min(most, m - row), column, Math.Min(column + MaxSmallSide, columnEnd), columns);
            }
        }

        if (ByRows) epilogue.Apply(outputStart + (nint)rowStart * n, (nint)(rowEnd - rowStart) * n);
        else epilogue.ApplyRows(outputStart + columnStart, columnEnd - columnStart, m, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Row(int row, int rows, int column, int end, T* columns)
    {
        for (; column < end; column += MaxSmallSide)
        {
            Block(rows, Math.Min(MaxSmallSide, end - column), left + (nint)row * k, columns + (nint)column * k, output + (nint)row * n + column);
        }
    }

    /// <summary>The right operand by columns, transposed by this thread now or for an item before.</summary>
    private readonly T* Transposed()
    {
        var target = (T*)Scratch.Get(2, (nint)n * k * sizeof(T));
        if (!KeptColumns.Has(product, 0)) Transpose.Run(right, n, k, n, target, k);
        return target;
    }

    private readonly void Block(int rows, int columns, T* a, T* b, T* c)
    {
        switch (rows)
        {
            case 1: Block<N1>(columns, a, b, c); break;
            case 2: Block<N2>(columns, a, b, c); break;
            case 3: Block<N3>(columns, a, b, c); break;
            default: Block<N4>(columns, a, b, c); break;
        }
    }

    private readonly void Block<TRows>(int columns, T* a, T* b, T* c) where TRows : unmanaged
    {
        switch (columns)
        {
            case 1: Block<TRows, N1>(a, b, c); break;
            case 2: Block<TRows, N2>(a, b, c); break;
            case 3: Block<TRows, N3>(a, b, c); break;
            default: Block<TRows, N4>(a, b, c); break;
        }
    }

    /// <summary>TRows x TColumns sums in registers over the whole inner dimension (marker structs as in <see cref="GemmTile"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Block<TRows, TColumns>(T* a, T* b, T* c)
        where TRows : unmanaged
        where TColumns : unmanaged
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s03 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero, s13 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s23 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero, s33 = TSimd.Zero;
        nint depth = k, whole = depth - depth % Lanes;
        for (nint p = 0; p < whole; p += Lanes)
        {
            var b0 = TSimd.Load(b + p);
            var b1 = sizeof(TColumns) > 1 ? TSimd.Load(b + p + depth) : TSimd.Zero;
            var b2 = sizeof(TColumns) > 2 ? TSimd.Load(b + p + 2 * depth) : TSimd.Zero;
            var b3 = sizeof(TColumns) > 3 ? TSimd.Load(b + p + 3 * depth) : TSimd.Zero;
            Row<TColumns>(TSimd.Load(a + p), b0, b1, b2, b3, ref s00, ref s01, ref s02, ref s03);
            if (sizeof(TRows) > 1) Row<TColumns>(TSimd.Load(a + p + depth), b0, b1, b2, b3, ref s10, ref s11, ref s12, ref s13);
            if (sizeof(TRows) > 2) Row<TColumns>(TSimd.Load(a + p + 2 * depth), b0, b1, b2, b3, ref s20, ref s21, ref s22, ref s23);
            if (sizeof(TRows) > 3) Row<TColumns>(TSimd.Load(a + p + 3 * depth), b0, b1, b2, b3, ref s30, ref s31, ref s32, ref s33);
        }
        if (whole < depth)
        {
            var count = (int)(depth - whole);
            a += whole;
            b += whole;
            var b0 = TSimd.LoadFirst(b, count);
            var b1 = sizeof(TColumns) > 1 ? TSimd.LoadFirst(b + depth, count) : TSimd.Zero;
            var b2 = sizeof(TColumns) > 2 ? TSimd.LoadFirst(b + 2 * depth, count) : TSimd.Zero;
            var b3 = sizeof(TColumns) > 3 ? TSimd.LoadFirst(b + 3 * depth, count) : TSimd.Zero;
            Row<TColumns>(TSimd.LoadFirst(a, count), b0, b1, b2, b3, ref s00, ref s01, ref s02, ref s03);
            if (sizeof(TRows) > 1) Row<TColumns>(TSimd.LoadFirst(a + depth, count), b0, b1, b2, b3, ref s10, ref s11, ref s12, ref s13);
            if (sizeof(TRows) > 2) Row<TColumns>(TSimd.LoadFirst(a + 2 * depth, count), b0, b1, b2, b3, ref s20, ref s21, ref s22, ref s23);
            if (sizeof(TRows) > 3) Row<TColumns>(TSimd.LoadFirst(a + 3 * depth, count), b0, b1, b2, b3, ref s30, ref s31, ref s32, ref s33);
        }

        Write<TColumns>(c, s00, s01, s02, s03);
        if (sizeof(TRows) > 1) Write<TColumns>(c + n, s10, s11, s12, s13);
        if (sizeof(TRows) > 2) Write<TColumns>(c + 2 * (nint)n, s20, s21, s22, s23);
        if (sizeof(TRows) > 3) Write<TColumns>(c + 3 * (nint)n, s30, s31, s32, s33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<TColumns>(
        TVector a, TVector b0, TVector b1, TVector b2, TVector b3, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3)
        where TColumns : unmanaged
    {
        s0 = TSimd.MultiplyAdd(a, b0, s0);
        if (sizeof(TColumns) > 1) s1 = TSimd.MultiplyAdd(a, b1, s1);
        if (sizeof(TColumns) > 2) s2 = TSimd.MultiplyAdd(a, b2, s2);
        if (sizeof(TColumns) > 3) s3 = TSimd.MultiplyAdd(a, b3, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TColumns>(T* c, TVector s0, TVector s1, TVector s2, TVector s3) where TColumns : unmanaged
    {
        if (sizeof(TColumns) > 3)
        {
            TSimd.StoreSums(s0, s1, s2, s3, c);
            return;
        }
        c[0] = TSimd.Sum(s0);
        if (sizeof(TColumns) > 1) c[1] = TSimd.Sum(s1);
        if (sizeof(TColumns) > 2) c[2] = TSimd.Sum(s2);
    }
}
