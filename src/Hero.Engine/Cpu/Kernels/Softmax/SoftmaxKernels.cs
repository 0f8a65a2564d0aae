using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Softmax, log-softmax and fused softmax cross-entropy over dense rows [rows, n] of float or double, in parallel over rows. The
/// greatest element is taken off first, so nothing overflows; a row with NaN or +infinity, or of -infinity only, gives NaN. Sums are
/// kept in double above a thousand elements.
/// </summary>
internal static unsafe class SoftmaxKernels
{
    /// <summary>Elements in an item of work at least.</summary>
    private const nint ItemElements = 8192;

    private enum Work
    {
        Softmax,
        LogSoftmax,
        SoftmaxGradient,
        LogSoftmaxGradient,
        CrossEntropy,
        CrossEntropyGradient,
        Sparse32,
        Sparse32Gradient,
        Sparse64,
        Sparse64Gradient,
    }

    /// <summary>y = e^x / sum e^x; y may be x.</summary>
    public static void Softmax<T>(T* y, T* x, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.Softmax, Y = y, A = x, Rows = rows, N = n });

    /// <summary>y = x - log sum e^x; y may be x.</summary>
    public static void LogSoftmax<T>(T* y, T* x, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.LogSoftmax, Y = y, A = x, Rows = rows, N = n });

    /// <summary>dx = y (dy - sum y dy); dx may be y or dy.</summary>
    public static void SoftmaxGradient<T>(T* dx, T* y, T* dy, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.SoftmaxGradient, Y = dx, A = y, B = dy, Rows = rows, N = n });

    /// <summary>dx = dy - e^y sum dy; dx may be y or dy.</summary>
    public static void LogSoftmaxGradient<T>(T* dx, T* y, T* dy, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.LogSoftmaxGradient, Y = dx, A = y, B = dy, Rows = rows, N = n });

    /// <summary>loss[row] = -sum t log softmax(x); a target of 0 adds nothing even where x is -infinity.</summary>
    public static void CrossEntropy<T>(T* loss, T* x, T* targets, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.CrossEntropy, Y = loss, A = x, B = targets, Rows = rows, N = n });

    /// <summary>dx = dloss[row] (softmax(x) sum t - t); dx may be x.</summary>
    public static void CrossEntropyGradient<T>(T* dx, T* x, T* targets, T* dloss, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.CrossEntropyGradient, Y = dx, A = x, B = targets, Upstream = dloss, Rows = rows, N = n });

    /// <summary>loss[row] = -log softmax(x)[label]; NaN where the label is not in 0 .. n - 1.</summary>
    public static void CrossEntropy<T>(T* loss, T* x, int* labels, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.Sparse32, Y = loss, A = x, Labels = labels, Rows = rows, N = n });

    /// <summary>As the other overload, for int64 labels.</summary>
    public static void CrossEntropy<T>(T* loss, T* x, long* labels, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.Sparse64, Y = loss, A = x, Labels = labels, Rows = rows, N = n });

    /// <summary>dx = dloss[row] (softmax(x) - one-hot label); NaN where the label is not in 0 .. n - 1; dx may be x.</summary>
    public static void CrossEntropyGradient<T>(T* dx, T* x, int* labels, T* dloss, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.Sparse32Gradient, Y = dx, A = x, Labels = labels, Upstream = dloss, Rows = rows, N = n });

    /// <summary>As the other overload, for int64 labels.</summary>
    public static void CrossEntropyGradient<T>(T* dx, T* x, long* labels, T* dloss, nint rows, nint n) where T : unmanaged, INumber<T> =>
        Run(new Body<T> { Work = Work.Sparse64Gradient, Y = dx, A = x, Labels = labels, Upstream = dloss, Rows = rows, N = n });

    private static void Run<T>(Body<T> body) where T : unmanaged, INumber<T>
    {
        if (body.Rows == 0) return;
        body.Group = Math.Clamp(ItemElements / Math.Max(1, body.N), 1, body.Rows);
        WorkerTeam.Default.For((int)((body.Rows + body.Group - 1) / body.Group), ref body);
    }

    private struct Body<T> : IParallelBody where T : unmanaged, INumber<T>
    {
        public Work Work;
        public T* Y, A, B, Upstream;
        public void* Labels;
        public nint Rows, N, Group;

        public readonly void Run(int item)
        {
            var first = item * Group;
            var last = Math.Min(Rows, first + Group);
            if (N <= SoftmaxColumns<Simd1<T>, T>.Widest)
            {
                if (Vector512.IsHardwareAccelerated) RunShort<Simd512<T>>(first, last - first);
                else if (Vector256.IsHardwareAccelerated) RunShort<Simd256<T>>(first, last - first);
                else if (Vector128.IsHardwareAccelerated) RunShort<Simd128<T>>(first, last - first);
                else RunShort<Simd1<T>>(first, last - first);
            }
            else if (Vector512.IsHardwareAccelerated) Run<Simd512<T>>(first, last);
            else if (Vector256.IsHardwareAccelerated) Run<Simd256<T>>(first, last);
            else if (Vector128.IsHardwareAccelerated) Run<Simd128<T>>(first, last);
            else Run<Simd1<T>>(first, last);
        }

        private readonly void RunShort<TV>(nint first, nint rows) where TV : struct, ISimd<TV, T>
        {
            T* y = Y + first * N, a = A + first * N, b = B + first * N;
            switch (Work)
            {
                case Work.Softmax: SoftmaxColumns<TV, T>.Softmax(y, a, rows, N); break;
                case Work.LogSoftmax: SoftmaxColumns<TV, T>.LogSoftmax(y, a, rows, N); break;
                case Work.SoftmaxGradient: SoftmaxColumns<TV, T>.SoftmaxGradient(y, a, b, rows, N); break;
                case Work.LogSoftmaxGradient: SoftmaxColumns<TV, T>.LogSoftmaxGradient(y, a, b, rows, N); break;
                case Work.CrossEntropy: SoftmaxColumns<TV, T>.CrossEntropy(Y + first, a, b, rows, N); break;
                case Work.CrossEntropyGradient: SoftmaxColumns<TV, T>.CrossEntropyGradient(y, a, b, Upstream + first, rows, N); break;
                case Work.Sparse32: SoftmaxColumns<TV, T>.CrossEntropy(Y + first, a, (int*)Labels + first, rows, N); break;
                case Work.Sparse64: SoftmaxColumns<TV, T>.CrossEntropy(Y + first, a, (long*)Labels + first, rows, N); break;
                case Work.Sparse32Gradient:
                    SoftmaxColumns<TV, T>.CrossEntropyGradient(y, a, (int*)Labels + first, Upstream + first, rows, N);
                    break;
                default: SoftmaxColumns<TV, T>.CrossEntropyGradient(y, a, (long*)Labels + first, Upstream + first, rows, N); break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Run<TV>(nint first, nint last) where TV : struct, ISimd<TV, T>
        {
            for (var row = first; row < last; row++)
            {
                T* y = Y + row * N, a = A + row * N, b = B + row * N;
                switch (Work)
                {
                    case Work.Softmax: SoftmaxRows<TV, T>.Softmax(y, a, N); break;
                    case Work.LogSoftmax: SoftmaxRows<TV, T>.LogSoftmax(y, a, N); break;
                    case Work.SoftmaxGradient: SoftmaxRows<TV, T>.SoftmaxGradient(y, a, b, N); break;
                    case Work.LogSoftmaxGradient: SoftmaxRows<TV, T>.LogSoftmaxGradient(y, a, b, N); break;
                    case Work.CrossEntropy: Y[row] = SoftmaxRows<TV, T>.CrossEntropy(a, b, N); break;
                    case Work.CrossEntropyGradient: SoftmaxRows<TV, T>.CrossEntropyGradient(y, a, b, Upstream[row], N); break;
                    case Work.Sparse32: Y[row] = SoftmaxRows<TV, T>.CrossEntropy(a, ((int*)Labels)[row], N); break;
                    case Work.Sparse64: Y[row] = SoftmaxRows<TV, T>.CrossEntropy(a, ((long*)Labels)[row], N); break;
                    case Work.Sparse32Gradient:
                        SoftmaxRows<TV, T>.CrossEntropyGradient(y, a, ((int*)Labels)[row], Upstream[row], N);
                        break;
                    default: SoftmaxRows<TV, T>.CrossEntropyGradient(y, a, ((long*)Labels)[row], Upstream[row], N); break;
                }
            }
        }
    }
}
