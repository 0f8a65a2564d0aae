using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Hero.Cpu.Kernels.SimdBits;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Inverted dropout: y = x / (1 - rate) where a random mask keeps the element, else 0. Whether element i of the stream (key, counter) is
/// kept depends on these and the rate only: the same call on the upstream gradient gives the gradient. 16 random bits an
/// element, so that the rate is met within 2^-17.
/// </summary>
internal static unsafe class Dropout
{
    /// <summary>Elements that take a group of random words.</summary>
    private const int GroupElements = 2 * PhiloxWords.GroupSize;

    /// <summary>Elements offset .. offset + n - 1 of the stream; y may be x. A rate of 1 keeps none.</summary>
    public static void Apply<T>(T* y, T* x, nint n, float rate, ulong key, ulong counter, nint offset) where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated) Apply<Simd512<T>, T>(y, x, n, rate, key, counter, offset);
        else if (Vector256.IsHardwareAccelerated) Apply<Simd256<T>, T>(y, x, n, rate, key, counter, offset);
        else if (Vector128.IsHardwareAccelerated) Apply<Simd128<T>, T>(y, x, n, rate, key, counter, offset);
        else Apply<Simd1<T>, T>(y, x, n, rate, key, counter, offset);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<TV, T>(T* y, T* x, nint n, float rate, ulong key, ulong counter, nint offset)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var words = stackalloc uint[PhiloxWords.GroupSize];
        var part = stackalloc T[GroupElements];
        var dropped = (int)MathF.Round(rate * 65536);
        var scale = dropped == 65536 ? T.Zero : T.CreateTruncating(1 / (1 - (double)rate));
        nint done = 0;
        while (done < n)
        {
            var group = (offset + done) / GroupElements;
            var first = (offset + done) % GroupElements;
            var count = Math.Min(GroupElements - first, n - done);
            PhiloxWords.Group(words, key, counter, (ulong)group);
            if (count == GroupElements)
            {
                Group<TV, T>(y + done, x + done, words, dropped, scale);
            }
            else
            {
                new Span<T>(part, GroupElements).Clear();
                Buffer.MemoryCopy(x + done, part + first, count * sizeof(T), count * sizeof(T));
                Group<TV, T>(part, part, words, dropped, scale);
                Buffer.MemoryCopy(part + first, y + done, count * sizeof(T), count * sizeof(T));
            }
            done += count;
        }
    }

    /// <summary>Of each run of 16 words the lower halves decide about 16 elements, the upper halves about the next 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Group<TV, T>(T* y, T* x, uint* words, int dropped, T scale)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        const int run = PhiloxWords.Run;
        if (typeof(T) != typeof(float))
        {
            for (var i = 0; i < GroupElements; i++)
            {
                var word = words[i / (2 * run) * run + i % run];
                y[i] = (i / run % 2 == 0 ? word & 0xffff : word >> 16) >= dropped ? x[i] * scale : T.Zero;
            }
            return;
        }
        TV zero = TV.All(T.Zero), times = TV.All(scale), mask = TV.All(FromBits<T>(0xffff)), bound = TV.All(T.CreateTruncating(dropped));
        for (var first = 0; first < PhiloxWords.GroupSize; first += run)
        {
            for (var lane = 0; lane < run; lane += TV.Count)
            {
                var word = TV.Load((T*)words + first + lane);
                var low = TV.BitsToNumber(word & mask);
                var high = TV.BitsToNumber(TV.ShiftRight(word, 16) & mask);
                T* from = x + 2 * first + lane, to = y + 2 * first + lane;
                TV.Store(TV.SelectLess(low, bound, zero, TV.Load(from) * times), to);
                TV.Store(TV.SelectLess(high, bound, zero, TV.Load(from + run) * times), to + run);
            }
        }
    }
}
