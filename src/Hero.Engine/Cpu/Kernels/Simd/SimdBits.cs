using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Conversions between lanes' numbers and their bits, through the layout of IEEE 754.</summary>
internal static class SimdBits
{
    /// <summary>1.5 * 2^23: a float added to it has its nearest integer in its low bits.</summary>
    public const float RoundSingle = 12582912f;

    /// <summary>1.5 * 2^52: a double added to it has its nearest integer in its low bits.</summary>
    public const double RoundDouble = 6755399441055744;

    /// <summary>True for every element type but float and double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInteger<T>() => typeof(T) != typeof(float) && typeof(T) != typeof(double);

    /// <summary>The number whose bits are <paramref name="bits"/> (floating types only).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FromBits<T>(long bits) where T : unmanaged =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<int, T>((int)bits) : Unsafe.BitCast<long, T>(bits);

    /// <summary>The type's own form of a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Constant<T>(float single, double number) where T : unmanaged =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(single) : Unsafe.BitCast<double, T>(number);

    /// <summary>All lanes set to the type's own form of a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV C<TV, T>(float single, double number)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> => TV.All(Constant<T>(single, number));

    /// <summary>Integer bits to numbers: they are the low bits of a number near 1.5 * 2^23 (2^52), which is then taken off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV ToNumber<TV, T>(TV bits)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var round = TV.All(Constant<T>(RoundSingle, RoundDouble));
        return TV.AddBits(bits, round) - round;
    }

    /// <summary>
    /// a * 2^n by two powers of two, each of half of n and so a normal number. The first product is exact because a is near 1
    /// wherever this is used; only the second rounds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Scale<TV, T>(TV a, TV n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var half = TV.Floor(n * TV.All(Constant<T>(0.5f, 0.5)));
        return a * PowerOfTwo<TV, T>(half) * PowerOfTwo<TV, T>(n - half);
    }

    /// <summary>2^n for integral n of normal numbers' range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV PowerOfTwo<TV, T>(TV n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        // 1.5 * 2^23 + n holds n in its low bits; the bias added and the rest shifted out leaves n + bias as the exponent.
        var shifted = n + TV.All(Constant<T>(RoundSingle, RoundDouble));
        return typeof(T) == typeof(float)
            ? TV.ShiftLeft(TV.AddBits(shifted, TV.All(FromBits<T>(127))), 23)
            : TV.ShiftLeft(TV.AddBits(shifted, TV.All(FromBits<T>(1023))), 52);
    }

    /// <summary>
    /// Floats with bfloat16's precision in the upper halves of their bits, halves rounded to the even one: half of the last place that
    /// stays, less one bit, carries into it from what is more than that, which it is made where that place is odd. The lower halves mean
    /// nothing. NaN is made quiet instead.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV RoundedToBFloat16<TV, T>(TV a)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var rounded = TV.AddBits(a | (TV.ShiftRight(a, 16) & TV.All(FromBits<T>(1))), TV.All(FromBits<T>(0x7fff)));
        return TV.SelectEqual(a, a, rounded, a | TV.All(FromBits<T>(0x400000)));
    }

    /// <summary>A register's first lanes by way of the stack, where the processor has no masked load for them.</summary>
    public static unsafe TV LoadFirst<TV, T>(T* source, nint count, TV otherwise)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var lanes = stackalloc T[TV.Count];
        TV.Store(otherwise, lanes);
        Unsafe.CopyBlockUnaligned(lanes, source, (uint)(count * sizeof(T)));
        return TV.Load(lanes);
    }

    /// <summary>A register's first lanes by way of the stack, where the processor has no masked store for them.</summary>
    public static unsafe void StoreFirst<TV, T>(TV value, T* destination, nint count)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var lanes = stackalloc T[TV.Count];
        TV.Store(value, lanes);
        Unsafe.CopyBlockUnaligned(destination, lanes, (uint)(count * sizeof(T)));
    }

    /// <summary>Clamp where the processor's minimum and maximum are not known to let NaN through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Clamp<TV, T>(TV a, TV low, TV high)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        a = TV.SelectLess(a, low, low, a);
        return TV.SelectLess(high, a, high, a);
    }
}
