using System.Numerics;
using unsafe Kernel = delegate*<void*, void*, void*, void*, nint, void>;

namespace Hero.Cpu.Kernels;

/// <summary>Block kernels that convert elements: kernel(dst, a, null, null, n).</summary>
internal static unsafe class CastKernels
{
    /// <summary>
    /// The kernel that converts from one type to another; it copies for one and the same. Floating to integer cuts towards zero and
    /// saturates, NaN becomes 0; integer to integer keeps the low bits; everything but 0 becomes true, true becomes 1.
    /// </summary>
    public static Kernel Find(DType from, DType to)
    {
        if (from == to) return DTypes.Size(from) switch { 1 => &Copy<byte>, 4 => &Copy<int>, _ => &Copy<long> };
        if (to == DType.Bool) return ElementwiseKernels.FindTest(from);
        if (Vector.IsHardwareAccelerated)
        {
            switch (from, to)
            {
                case (DType.Float32, DType.Float64): return &CastLoops.SingleToDouble;
                case (DType.Float64, DType.Float32): return &CastLoops.DoubleToSingle;
                case (DType.Int32, DType.Float32): return &CastLoops.Int32ToSingle;
                case (DType.Float32, DType.Int32): return &CastLoops.SingleToInt32;
                case (DType.Int32, DType.Int64): return &CastLoops.Int32ToInt64;
                case (DType.Int64, DType.Int32): return &CastLoops.Int64ToInt32;
                case (DType.UInt8 or DType.Bool, DType.Float32): return &CastLoops.UInt8ToSingle;
                case (DType.Float32, DType.UInt8): return &CastLoops.SingleToUInt8;
            }
        }
        return from switch
        {
            DType.Float32 => FindFrom<float>(to),
            DType.Float64 => FindFrom<double>(to),
            DType.Int32 => FindFrom<int>(to),
            DType.Int64 => FindFrom<long>(to),
            _ => FindFrom<byte>(to),
        };
    }

    private static Kernel FindFrom<T>(DType to) where T : unmanaged, INumber<T> => to switch
    {
        DType.Float32 => &CastLoops.Scalar<T, float>,
        DType.Float64 => &CastLoops.Scalar<T, double>,
        DType.Int32 => &CastLoops.Scalar<T, int>,
        DType.Int64 => &CastLoops.Scalar<T, long>,
        _ => &CastLoops.Scalar<T, byte>,
    };

    private static void Copy<T>(void* dst, void* a, void* b, void* c, nint n) where T : unmanaged =>
        Buffer.MemoryCopy(a, dst, n * sizeof(T), n * sizeof(T));
}
