using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The softmax family on rows of a few elements: as many rows at a time as a register has lanes, a row in each lane, so that a sum over
/// a row is a sum of registers. A row's result does not depend on which lane it gets.
/// </summary>
internal static unsafe class SoftmaxColumns<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    /// <summary>The longest rows that are worth turning.</summary>
    public const int Widest = 16;

    private static TV Low => SimdBits.C<TV, T>(float.NegativeInfinity, double.NegativeInfinity);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(T* y, T* x, nint rows, nint n)
    {
        var a = stackalloc T[Widest * TV.Count];
        for (nint row = 0; row < rows; row += TV.Count)
        {
            var count = Turn(a, x, row, rows, n);
            var scale = TV.All(T.One) / Exp(a, n, Max(a, n));
            for (nint c = 0; c < n; c++) Put(a, c, At(a, c) * scale);
            TurnBack(y, a, row, count, n);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LogSoftmax(T* y, T* x, nint rows, nint n)
    {
        T* a = stackalloc T[Widest * TV.Count], e = stackalloc T[Widest * TV.Count];
        for (nint row = 0; row < rows; row += TV.Count)
        {
            var count = Turn(a, x, row, rows, n);
            var m = Max(a, n);
            for (nint c = 0; c < n; c++) Put(e, c, At(a, c));
            var logarithm = SimdLog.Log<TV, T>(Exp(e, n, m));
            // In two steps, because m alone may be far larger than the result.
            for (nint c = 0; c < n; c++) Put(a, c, At(a, c) - m - logarithm);
            TurnBack(y, a, row, count, n);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SoftmaxGradient(T* dx, T* y, T* dy, nint rows, nint n)
    {
        T* a = stackalloc T[Widest * TV.Count], b = stackalloc T[Widest * TV.Count];
        for (nint row = 0; row < rows; row += TV.Count)
        {
            var count = Turn(a, y, row, rows, n);
            Turn(b, dy, row, rows, n);
            var dot = TV.All(T.Zero);
            for (nint c = 0; c < n; c++) dot += At(a, c) * At(b, c);
            for (nint c = 0; c < n; c++) Put(a, c, At(a, c) * (At(b, c) - dot));
            TurnBack(dx, a, row, count, n);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LogSoftmaxGradient(T* dx, T* y, T* dy, nint rows, nint n)
    {
        T* a = stackalloc T[Widest * TV.Count], b = stackalloc T[Widest * TV.Count];
        for (nint row = 0; row < rows; row += TV.Count)
        {
            var count = Turn(a, y, row, rows, n);
            Turn(b, dy, row, rows, n);
            var sum = TV.All(T.Zero);
            for (nint c = 0; c < n; c++) sum += At(b, c);
            for (nint c = 0; c < n; c++) Put(a, c, At(b, c) - SimdExp.Exp<TV, T>(At(a, c)) * sum);
            TurnBack(dx, a, row, count, n);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CrossEntropy(T* loss, T* x, T* targets, nint rows, nint n)
    {
        T* a = stackalloc T[Widest * TV.Count], t = stackalloc T[Widest * TV.Count];
        for (nint row = 0; row < rows; row += TV.Count)
        {
            var count = Turn(a, x, row, rows, n);
            Turn(t, targets, row, rows, n);
            TV m = Max(a, n), zero = TV.All(T.Zero), weight = zero, product = zero;
            for (nint c = 0; c < n; c++)
            {
                var target = At(t, c);
                weight += target;
                product += TV.SelectEqual(target, zero, target, target * (At(a, c) - m));   // a target of 0 adds nothing whatever x is
            }
            Put(a, 0, SimdLog.Log<TV, T>(Exp(a, n, m)) * weight - product);
            for (nint lane = 0; lane < count; lane++) loss[row + lane] = a[lane];
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CrossEntropyGradient(T* dx, T* x, T* targets, T* dloss, nint rows, nint n)
    {
        T* a = stackalloc T[Widest * TV.Count], t = stackalloc T[Widest * TV.Count], dz = stackalloc T[TV.Count];
        for (nint row = 0; row < rows; row += TV.Count)
        {
            var count = Turn(a, x, row, rows, n);
            Turn(t, targets, row, rows, n);
            Turn(dz, dloss, row, rows, 1);
            var (weight, upstream) = (TV.All(T.Zero), At(dz, 0));
            for (nint c = 0; c < n; c++) weight += At(t, c);
            var factor = upstream * weight / Exp(a, n, Max(a, n));
            for (nint c = 0; c < n; c++) Put(a, c, At(a, c) * factor - upstream * At(t, c));
            TurnBack(dx, a, row, count, n);
        }
    }

    /// <summary>NaN for a label that is no class.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CrossEntropy<TLabel>(T* loss, T* x, TLabel* labels, nint rows, nint n) where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        T* a = stackalloc T[Widest * TV.Count], greatest = stackalloc T[TV.Count];
        for (nint row = 0; row < rows; row += TV.Count)
        {
            var count = Turn(a, x, row, rows, n);
            var m = Max(a, n);
            TV.Store(m, greatest);
            Put(a, 0, SimdLog.Log<TV, T>(Exp(a, n, m)));
            for (nint lane = 0; lane < count; lane++)
            {
                var label = long.CreateTruncating(labels[row + lane]);
                loss[row + lane] = (ulong)label < (ulong)n
                    ? a[lane] - (x[(row + lane) * n + (nint)label] - greatest[lane])
                    : SimdBits.Constant<T>(float.NaN, double.NaN);
            }
        }
    }

    /// <summary>A row of NaN for a label that is no class.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CrossEntropyGradient<TLabel>(T* dx, T* x, TLabel* labels, T* dloss, nint rows, nint n)
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        T* a = stackalloc T[Widest * TV.Count], dz = stackalloc T[TV.Count];
        for (nint row = 0; row < rows; row += TV.Count)
        {
            var count = Turn(a, x, row, rows, n);
            Turn(dz, dloss, row, rows, 1);
            var factor = At(dz, 0) / Exp(a, n, Max(a, n));
            for (nint c = 0; c < n; c++) Put(a, c, At(a, c) * factor);
            for (nint lane = 0; lane < count; lane++)
            {
                var label = long.CreateTruncating(labels[row + lane]);
                if ((ulong)label < (ulong)n) a[(nint)label * TV.Count + lane] -= dz[lane];
                else for (nint c = 0; c < n; c++) a[c * TV.Count + lane] = SimdBits.Constant<T>(float.NaN, double.NaN);
            }
            TurnBack(dx, a, row, count, n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV At(T* columns, nint c) => TV.Load(columns + c * TV.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* columns, nint c, TV value) => TV.Store(value, columns + c * TV.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Max(T* columns, nint n)
    {
        var m = Low;
        for (nint c = 0; c < n; c++)
        {
            var x = At(columns, c);
            m = TV.SelectLess(m, x, x, m);
        }
        return m;
    }

    /// <summary>Makes e^(x - m) of each x and gives their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Exp(T* columns, nint n, TV m)
    {
        var sum = TV.All(T.Zero);
        for (nint c = 0; c < n; c++)
        {
            var e = SimdExp.Exp<TV, T>(At(columns, c) - m);
            Put(columns, c, e);
            sum += e;
        }
        return sum;
    }

    /// <summary>Rows to columns; lanes past the last row repeat it. Gives the number of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Turn(T* columns, T* source, nint row, nint rows, nint n)
    {
        var count = Math.Min(TV.Count, rows - row);
        for (nint lane = 0; lane < TV.Count; lane++)
        {
            var from = source + (row + Math.Min(lane, count - 1)) * n;
            for (nint c = 0; c < n; c++) columns[c * TV.Count + lane] = from[c];
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnBack(T* target, T* columns, nint row, nint count, nint n)
    {
        for (nint lane = 0; lane < count; lane++)
            for (nint c = 0; c < n; c++) target[(row + lane) * n + c] = columns[c * TV.Count + lane];
    }
}
