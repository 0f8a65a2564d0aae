using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>Copies that go past the caches: memory is not read before it is written.</summary>
internal static unsafe class StreamedCopy
{
    /// <summary>Copies so many bytes; what is not aligned to whole registers takes the usual way. They do not overlap.</summary>
    public static void Run(byte* source, byte* target, nint bytes)
    {
        var done = Vector512.IsHardwareAccelerated ? Registers<Simd512<float>>(source, target, bytes)
            : Vector256.IsHardwareAccelerated ? Registers<Simd256<float>>(source, target, bytes)
            : Vector128.IsHardwareAccelerated ? Registers<Simd128<float>>(source, target, bytes)
            : 0;
        Buffer.MemoryCopy(source + done, target + done, bytes - done, bytes - done);
    }

    /// <summary>To be called before another thread reads what this one has copied.</summary>
    public static void Fence()
    {
        if (Sse.IsSupported) Sse.StoreFence();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint Registers<TV>(byte* source, byte* target, nint bytes) where TV : struct, ISimd<TV, float>
    {
        nint width = TV.Count * sizeof(float), done = 0;
        if ((nint)target % width != 0) return 0;
        for (; done <= bytes - width; done += width) TV.Stream(TV.Load((float*)(source + done)), (float*)(target + done));
        return done;
    }
}
