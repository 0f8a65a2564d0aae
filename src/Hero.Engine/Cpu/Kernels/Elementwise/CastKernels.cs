using System.Numerics;
using System.Runtime.Intrinsics;
using unsafe Kernel = delegate*<void*, void*, void*, void*, nint, void>;

namespace Hero.Cpu.Kernels;

/// <summary>Block kernels that convert elements: kernel(dst, a, null, null, n).</summary>
internal static unsafe class CastKernels
{
    /// <summary>
    /// The kernel that converts from one type to another; it copies for one and the same. Floating to integer cuts towards zero and
    /// saturates, NaN becomes 0; integer to integer keeps the low bits; everything but 0 becomes true, true becomes 1. bfloat16 meets
    /// float32 alone: null for other pairs.
    /// </summary>
    public static Kernel Find(DType from, DType to)
    {
        if (from == to) return DTypes.Size(from) switch { 1 => &Copy<byte>, 2 => &Copy<short>, 4 => &Copy<int>, _ => &Copy<long> };
        if (from == DType.BFloat16) return to == DType.Float32 ? Widen() : null;
        if (to == DType.BFloat16) return from == DType.Float32 ? Narrow() : null;
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

    /// <summary>The kernel that rounds float32 to the precision of bfloat16; the result stays float32.</summary>
    public static Kernel FindRounding() =>
        Vector512.IsHardwareAccelerated ? &BFloat16Loops.Round<Simd512<float>>
        : Vector256.IsHardwareAccelerated ? &BFloat16Loops.Round<Simd256<float>>
        : Vector128.IsHardwareAccelerated ? &BFloat16Loops.Round<Simd128<float>>
        : &BFloat16Loops.Round<Simd1<float>>;

    private static Kernel Widen() =>
        Vector512.IsHardwareAccelerated ? &BFloat16Loops.Widen<Simd512<float>>
        : Vector256.IsHardwareAccelerated ? &BFloat16Loops.Widen<Simd256<float>>
        : Vector128.IsHardwareAccelerated ? &BFloat16Loops.Widen<Simd128<float>>
        : &BFloat16Loops.Widen<Simd1<float>>;

    private static Kernel Narrow() =>
        Vector512.IsHardwareAccelerated ? &BFloat16Loops.Narrow<Simd512<float>>
        : Vector256.IsHardwareAccelerated ? &BFloat16Loops.Narrow<Simd256<float>>
        : Vector128.IsHardwareAccelerated ? &BFloat16Loops.Narrow<Simd128<float>>
        : &BFloat16Loops.Narrow<Simd1<float>>;

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
