using System.Numerics;
using System.Runtime.CompilerServices;
using static Hero.Cpu.Kernels.SimdBits;

namespace Hero.Cpu.Kernels;

/// <summary>What the groups share: words to numbers.</summary>
internal static unsafe class RandomNumbers
{
    /// <summary>
    /// Numbers in a group. A double takes two words: those of the first and second run make the first 16, those of the third and
    /// fourth the others.
    /// </summary>
    public static int Size<T>() where T : unmanaged => typeof(T) == typeof(float) ? PhiloxWords.GroupSize : PhiloxWords.GroupSize / 2;

    /// <summary>Element i of the group as 64 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Wide(uint* words, int i)
    {
        var low = words + i / PhiloxWords.Run * 2 * PhiloxWords.Run + i % PhiloxWords.Run;
        return low[0] | (ulong)low[PhiloxWords.Run] << 32;
    }

    /// <summary>
    /// (word + 1/2) / 2^32, or of 53 bits: between 0 and 1, where 1 is reached by rounding only and 0 never is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Open<TV, T>(T* numbers, uint* words)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
        {
            var mask = TV.All(FromBits<T>(0xffff));
            for (var i = 0; i < PhiloxWords.GroupSize; i += TV.Count)
            {
                // Halves of 16 bits convert exactly; the sum rounds once.
                var word = TV.Load((T*)words + i);
                var high = TV.BitsToNumber(TV.ShiftRight(word, 16) & mask);
                var low = TV.BitsToNumber(word & mask);
                low = TV.Fma(low, C<TV, T>(1f / 4294967296, 0), C<TV, T>(0.5f / 4294967296, 0));
                TV.Store(TV.Fma(high, C<TV, T>(1f / 65536, 0), low), numbers + i);
            }
            return;
        }
        for (var i = 0; i < PhiloxWords.GroupSize / 2; i++)
            ((double*)numbers)[i] = ((Wide(words, i) >> 11) + 0.5) * (1.0 / (1UL << 53));
    }
}

internal readonly unsafe struct UniformGroup<TV, T> : IRandomGroup<T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    public static int Size => RandomNumbers.Size<T>();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Make(T* numbers, uint* words)
    {
        if (typeof(T) == typeof(float))
        {
            var mask = TV.All(FromBits<T>(0xfff));
            for (var i = 0; i < PhiloxWords.GroupSize; i += TV.Count)
            {
                // The upper 24 bits in two halves: all of it exact.
                var word = TV.Load((T*)words + i);
                var high = TV.BitsToNumber(TV.ShiftRight(word, 20) & mask);
                var low = TV.BitsToNumber(TV.ShiftRight(word, 8) & mask);
                TV.Store(TV.Fma(high, C<TV, T>(1f / 4096, 0), low * C<TV, T>(1f / 16777216, 0)), numbers + i);
            }
            return;
        }
        for (var i = 0; i < Size; i++) ((double*)numbers)[i] = (RandomNumbers.Wide(words, i) >> 11) * (1.0 / (1UL << 53));
    }
}

/// <summary>Box and Muller: two runs of uniform numbers give the cosine run and the sine run.</summary>
internal readonly unsafe struct NormalGroup<TV, T> : IRandomGroup<T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    public static int Size => RandomNumbers.Size<T>();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Make(T* numbers, uint* words)
    {
        RandomNumbers.Open<TV, T>(numbers, words);
        for (var pair = 0; pair < Size; pair += 2 * PhiloxWords.Run)
        {
            for (var lane = 0; lane < PhiloxWords.Run; lane += TV.Count)
            {
                T* first = numbers + pair + lane, second = first + PhiloxWords.Run;
                var radius = TV.Sqrt(SimdLog.Log<TV, T>(TV.Load(first)) * C<TV, T>(-2, -2));
                SimdTrig.SinCos<TV, T>(TV.Load(second) * C<TV, T>(2 * MathF.PI, 2 * Math.PI), out var sine, out var cosine);
                TV.Store(radius * cosine, first);
                TV.Store(radius * sine, second);
            }
        }
    }
}

/// <summary>
/// z = sqrt(2) erfinv(x), x uniform within erf(sqrt(2)): z = x p(-log(1 - x^2)), where p is a least-squares fit on Chebyshev
/// nodes (polynomials.py; 2^-28 float, 2^-53 double).
/// </summary>
internal readonly unsafe struct TruncatedNormalGroup<TV, T> : IRandomGroup<T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    private const double Bound = 0.95449973610364159;

    public static int Size => RandomNumbers.Size<T>();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Make(T* numbers, uint* words)
    {
        RandomNumbers.Open<TV, T>(numbers, words);
        for (var i = 0; i < Size; i += TV.Count)
        {
            var x = TV.Fma(TV.Load(numbers + i), C<TV, T>((float)(2 * Bound), 2 * Bound), C<TV, T>((float)-Bound, -Bound));
            var z = x * Slope(-SimdLog.Log<TV, T>(TV.Fma(-x, x, TV.All(T.One))));
            TV.Store(TV.Clamp(z, C<TV, T>(-2, -2), C<TV, T>(2, 2)), numbers + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Slope(TV w)
    {
        TV p;
        if (typeof(T) == typeof(float))
        {
            p = C<TV, T>(-5.40398958e-7f, 0);
            p = TV.Fma(p, w, C<TV, T>(-1.91374988e-6f, 0));
            p = TV.Fma(p, w, C<TV, T>(7.63682692e-5f, 0));
            p = TV.Fma(p, w, C<TV, T>(-0.000192873573f, 0));
            p = TV.Fma(p, w, C<TV, T>(-0.00329542253f, 0));
            p = TV.Fma(p, w, C<TV, T>(0.016331356f, 0));
            p = TV.Fma(p, w, C<TV, T>(0.328117043f, 0));
            return TV.Fma(p, w, C<TV, T>(1.25331414f, 0));
        }
        p = C<TV, T>(0, 2.1938184101480456e-14);
        p = TV.Fma(p, w, C<TV, T>(0, -1.8246569699159591e-13));
        p = TV.Fma(p, w, C<TV, T>(0, -1.7267672671402752e-12));
        p = TV.Fma(p, w, C<TV, T>(0, 2.5865712022876061e-11));
        p = TV.Fma(p, w, C<TV, T>(0, -4.0688507277843668e-11));
        p = TV.Fma(p, w, C<TV, T>(0, -7.2407842876084899e-10));
        p = TV.Fma(p, w, C<TV, T>(0, 1.0769324718054209e-9));
        p = TV.Fma(p, w, C<TV, T>(0, 3.2173755528849757e-8));
        p = TV.Fma(p, w, C<TV, T>(0, -5.2641491598055e-8));
        p = TV.Fma(p, w, C<TV, T>(0, -1.4320692398202524e-6));
        p = TV.Fma(p, w, C<TV, T>(0, 2.8567618114287223e-6));
        p = TV.Fma(p, w, C<TV, T>(0, 6.5918502153082667e-5));
        p = TV.Fma(p, w, C<TV, T>(0, -0.00018108055498156241));
        p = TV.Fma(p, w, C<TV, T>(0, -0.0033023324125666317));
        p = TV.Fma(p, w, C<TV, T>(0, 0.01633323614715583));
        p = TV.Fma(p, w, C<TV, T>(0, 0.32811687386921029));
        return TV.Fma(p, w, C<TV, T>(0, 1.2533141373155003));
    }
}

internal readonly unsafe struct BitsGroup : IRandomGroup<uint>
{
    public static int Size => PhiloxWords.GroupSize;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Make(uint* numbers, uint* words) =>
        Unsafe.CopyBlockUnaligned(numbers, words, PhiloxWords.GroupSize * sizeof(uint));
}

/// <summary>low + the upper half of 64 random bits * range.</summary>
internal readonly unsafe struct IntegerGroup<T>(long low, ulong range) : IRandomGroup<T> where T : unmanaged, IBinaryInteger<T>
{
    public static int Size => PhiloxWords.GroupSize / 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Make(T* numbers, uint* words)
    {
        for (var i = 0; i < Size; i++)
            numbers[i] = T.CreateTruncating(low + (long)Math.BigMul(RandomNumbers.Wide(words, i), range, out _));
    }
}
