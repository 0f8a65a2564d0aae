using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Random numbers of a stream (key, counter): element i of the stream depends on key, counter and i only, so any cut of a
/// tensor into blocks gives the same numbers. Each method fills elements offset .. offset + n - 1. Streams with different
/// counters or keys are independent. A float takes 32 random bits, a double 64.
/// </summary>
internal static unsafe class Philox
{
    /// <summary>Uniform in [0, 1), every multiple of 2^-24 (float) or 2^-53 (double) equally likely.</summary>
    public static void Uniform<T>(T* dst, nint n, ulong key, ulong counter, nint offset) where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(UniformGroup<Simd512<T>, T>));
        else if (Vector256.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(UniformGroup<Simd256<T>, T>));
        else if (Vector128.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(UniformGroup<Simd128<T>, T>));
        else Fill(dst, n, key, counter, offset, default(UniformGroup<Simd1<T>, T>));
    }

    /// <summary>Normal with mean 0 and variance 1 (Box and Muller); always finite: within 6.8 (float) or 8.6 (double).</summary>
    public static void Normal<T>(T* dst, nint n, ulong key, ulong counter, nint offset) where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(NormalGroup<Simd512<T>, T>));
        else if (Vector256.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(NormalGroup<Simd256<T>, T>));
        else if (Vector128.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(NormalGroup<Simd128<T>, T>));
        else Fill(dst, n, key, counter, offset, default(NormalGroup<Simd1<T>, T>));
    }

    /// <summary>
    /// Normal with mean 0 and deviation 1 cut at 2 deviations, the distribution Keras gets by drawing again; here by inverting the
    /// distribution function, so that every element takes a fixed number of bits.
    /// </summary>
    public static void TruncatedNormal<T>(T* dst, nint n, ulong key, ulong counter, nint offset) where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(TruncatedNormalGroup<Simd512<T>, T>));
        else if (Vector256.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(TruncatedNormalGroup<Simd256<T>, T>));
        else if (Vector128.IsHardwareAccelerated) Fill(dst, n, key, counter, offset, default(TruncatedNormalGroup<Simd128<T>, T>));
        else Fill(dst, n, key, counter, offset, default(TruncatedNormalGroup<Simd1<T>, T>));
    }

    /// <summary>Raw words, all 32 bits random.</summary>
    public static void Bits(uint* dst, nint n, ulong key, ulong counter, nint offset) =>
        Fill(dst, n, key, counter, offset, default(BitsGroup));

    /// <summary>Integers of [low, high), low below high; their odds differ by less than 2^-32. 64 random bits an element.</summary>
    public static void Integers(int* dst, nint n, int low, int high, ulong key, ulong counter, nint offset) =>
        Fill(dst, n, key, counter, offset, new IntegerGroup<int>(low, (ulong)((long)high - low)));

    /// <summary>Integers of [low, high), low below high. 64 random bits an element.</summary>
    public static void Integers(long* dst, nint n, long low, long high, ulong key, ulong counter, nint offset) =>
        Fill(dst, n, key, counter, offset, new IntegerGroup<long>(low, (ulong)high - (ulong)low));

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill<T, TGroup>(T* dst, nint n, ulong key, ulong counter, nint offset, TGroup generator)
        where T : unmanaged where TGroup : struct, IRandomGroup<T>
    {
        var words = stackalloc uint[PhiloxWords.GroupSize];
        var part = stackalloc T[TGroup.Size];
        nint done = 0;
        while (done < n)
        {
            var group = (ulong)(offset + done) / (uint)TGroup.Size;
            var first = (nint)((ulong)(offset + done) % (uint)TGroup.Size);
            var count = Math.Min(TGroup.Size - first, n - done);
            PhiloxWords.Group(words, key, counter, group);
            if (count == TGroup.Size)
            {
                generator.Make(dst + done, words);
            }
            else
            {
                generator.Make(part, words);
                Buffer.MemoryCopy(part + first, dst + done, count * sizeof(T), count * sizeof(T));
            }
            done += count;
        }
    }
}
