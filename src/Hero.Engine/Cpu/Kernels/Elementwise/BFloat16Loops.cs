using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Loops between bfloat16 in memory and the float32 that arithmetic is done in. Rounding is to the nearest, halves to the even one.</summary>
internal static unsafe class BFloat16Loops
{
    /// <summary>bfloat16 to float32.</summary>
    public static void Widen(float* to, BFloat16* from, nint count) => CastKernels.Find(DType.BFloat16, DType.Float32)(to, from, null, null, count);

    /// <summary>float32 to bfloat16.</summary>
    public static void Narrow(BFloat16* to, float* from, nint count) => CastKernels.Find(DType.Float32, DType.BFloat16)(to, from, null, null, count);

    /// <summary>
    /// bfloat16 to float32. The source may be the upper half of the destination's memory: what is written stays below what is still
    /// to be read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen<TV>(void* dst, void* a, void* b, void* c, nint n) where TV : struct, ISimd<TV, float>
    {
        var x = (BFloat16*)a;
        var d = (float*)dst;
        nint i = 0;
        for (; i <= n - 2 * TV.Count; i += 2 * TV.Count)
        {
            TV r0 = TV.LoadWidened(x + i), r1 = TV.LoadWidened(x + i + TV.Count);
            TV.Store(r0, d + i);
            TV.Store(r1, d + i + TV.Count);
        }
        for (; i < n; i++) d[i] = x[i];
    }

    /// <summary>float32 to bfloat16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow<TV>(void* dst, void* a, void* b, void* c, nint n) where TV : struct, ISimd<TV, float>
    {
        var x = (float*)a;
        var d = (BFloat16*)dst;
        nint i = 0;
        for (; i <= n - 2 * TV.Count; i += 2 * TV.Count)
        {
            TV r0 = TV.Load(x + i), r1 = TV.Load(x + i + TV.Count);
            TV.StoreRounded(r0, d + i);
            TV.StoreRounded(r1, d + i + TV.Count);
        }
        for (; i < n; i++) d[i] = (BFloat16)x[i];
    }

    /// <summary>float32 to the nearest number that bfloat16 has, kept as float32. The destination may be the source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round<TV>(void* dst, void* a, void* b, void* c, nint n) where TV : struct, ISimd<TV, float>
    {
        var x = (float*)a;
        var d = (float*)dst;
        nint i = 0;
        for (; i <= n - TV.Count; i += TV.Count) TV.Store(RoundToBFloat16Operator<float>.Invoke(TV.Load(x + i)), d + i);
        for (; i < n; i++) d[i] = (BFloat16)x[i];
    }
}
