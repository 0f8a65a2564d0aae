using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Adds the sums of all chunks of a <see cref="DepthwiseFilterPass{T, TRows}"/> in order, and leaves out what overlaps. One item per tap.
/// </summary>
internal unsafe struct DepthwiseFilterTotal<T> : IParallelBody
    where T : unmanaged, INumber<T>
{
    private T* partials;
    private T* filter;
    private int chunks, taps, channels;
    private nint tapLength;

    public static void Run(T* partials, int chunks, int taps, nint tapLength, int channels, T* filter)
    {
        var total = new DepthwiseFilterTotal<T>
        {
            partials = partials, chunks = chunks, taps = taps, tapLength = tapLength, channels = channels, filter = filter,
        };
        WorkerTeam.Default.For(taps, ref total);
    }

    public void Run(int item)
    {
        switch (SimdWidth.For<T>(channels))
        {
            case 512: Tap<Simd512<T>>(item); break;
            case 256: Tap<Simd256<T>>(item); break;
            case 128: Tap<Simd128<T>>(item); break;
            default: Tap<Simd1<T>>(item); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tap<TVec>(int tap)
        where TVec : struct, ISimd<TVec, T>
    {
        nint chunkLength = taps * tapLength, last = channels - TVec.Count;
        for (nint slot = 0; slot < tapLength; slot += TVec.Count)
        {
            var partial = partials + tap * tapLength + slot;
            var sum = TVec.Load(partial);
            for (var chunk = 1; chunk < chunks; chunk++) sum += TVec.Load(partial + chunk * chunkLength);
            TVec.Store(sum, filter + (nint)tap * channels + Math.Min(slot, last));
        }
    }
}
