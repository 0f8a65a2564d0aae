using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>The softmax family on a single row of <c>n</c> elements, float or double.</summary>
internal static unsafe class SoftmaxRows<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private static T Low => SimdBits.Constant<T>(float.NegativeInfinity, double.NegativeInfinity);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(T* y, T* x, nint n)
    {
        var m = RowSums<TV, T>.Max(x, n);
        var sum = RowSums<TV, T>.Sum(y, x, x, n, Low, new ShiftedExp<TV, T>(m));
        RowSums<TV, T>.Map(y, y, y, n, new RowScale<TV, T>(T.CreateTruncating(1 / sum)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LogSoftmax(T* y, T* x, nint n)
    {
        var m = RowSums<TV, T>.Max(x, n);
        var sum = RowSums<TV, T>.Sum(null, x, x, n, Low, new ShiftedExp<TV, T>(m));
        RowSums<TV, T>.Map(y, x, x, n, new RowLogSoftmax<TV, T>(m, T.CreateTruncating(Math.Log(sum))));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SoftmaxGradient(T* dx, T* y, T* dy, nint n)
    {
        var dot = RowSums<TV, T>.Sum(null, y, dy, n, T.Zero, default(RowProduct<TV, T>));
        RowSums<TV, T>.Map(dx, y, dy, n, new RowSoftmaxGradient<TV, T>(T.CreateTruncating(dot)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LogSoftmaxGradient(T* dx, T* y, T* dy, nint n)
    {
        var sum = RowSums<TV, T>.Sum(null, dy, dy, n, T.Zero, default(RowElement<TV, T>));
        RowSums<TV, T>.Map(dx, y, dy, n, new RowLogSoftmaxGradient<TV, T>(T.CreateTruncating(sum)));
    }

    /// <summary>log sum e^(x - m) * sum t - sum t (x - m).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T CrossEntropy(T* x, T* targets, nint n)
    {
        var m = RowSums<TV, T>.Max(x, n);
        var sum = RowSums<TV, T>.Sum(null, x, x, n, Low, new ShiftedExp<TV, T>(m));
        var weight = RowSums<TV, T>.Sum(null, targets, targets, n, T.Zero, default(RowElement<TV, T>));
        var product = RowSums<TV, T>.Sum(null, x, targets, n, T.Zero, new ShiftedProduct<TV, T>(m));
        return T.CreateTruncating(Math.Log(sum) * weight - product);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CrossEntropyGradient(T* dx, T* x, T* targets, T dz, nint n)
    {
        var m = RowSums<TV, T>.Max(x, n);
        var sum = RowSums<TV, T>.Sum(dx, x, x, n, Low, new ShiftedExp<TV, T>(m));
        var weight = RowSums<TV, T>.Sum(null, targets, targets, n, T.Zero, default(RowElement<TV, T>));
        var factor = T.CreateTruncating(double.CreateTruncating(dz) * weight / sum);
        RowSums<TV, T>.Map(dx, dx, targets, n, new RowCrossEntropyGradient<TV, T>(factor, dz));
    }

    /// <summary>NaN for a label that is no class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T CrossEntropy(T* x, long label, nint n)
    {
        if ((ulong)label >= (ulong)n) return SimdBits.Constant<T>(float.NaN, double.NaN);
        var m = RowSums<TV, T>.Max(x, n);
        var sum = RowSums<TV, T>.Sum(null, x, x, n, Low, new ShiftedExp<TV, T>(m));
        return T.CreateTruncating(Math.Log(sum) - double.CreateTruncating(x[label] - m));
    }

    /// <summary>A row of NaN for a label that is no class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CrossEntropyGradient(T* dx, T* x, long label, T dz, nint n)
    {
        if ((ulong)label >= (ulong)n)
        {
            new Span<T>(dx, (int)n).Fill(SimdBits.Constant<T>(float.NaN, double.NaN));
            return;
        }
        var m = RowSums<TV, T>.Max(x, n);
        var sum = RowSums<TV, T>.Sum(dx, x, x, n, Low, new ShiftedExp<TV, T>(m));
        RowSums<TV, T>.Map(dx, dx, dx, n, new RowScale<TV, T>(T.CreateTruncating(double.CreateTruncating(dz) / sum)));
        dx[label] -= dz;
    }
}
