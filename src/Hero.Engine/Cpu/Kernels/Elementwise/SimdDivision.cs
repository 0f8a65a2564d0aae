using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>What division with a remainder is made of, in registers.</summary>
internal static unsafe class SimdDivision
{
    /// <summary>Whether lanes of a type can be divided: of integers, processors divide those of 32 bits, by way of double.</summary>
    public static bool Exists<T>() => !SimdBits.IsInteger<T>() || typeof(T) == typeof(int);

    /// <summary>
    /// a - b trunc(a / b), exact, with a's sign unless it is zero: C's fmod (floating types). Only for lanes that are numbers whose quotient is below
    /// 2^22 (2^51); <paramref name="isOrdinary"/> says whether all are.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Remainder<TV, T>(TV a, TV b, out bool isOrdinary)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var zero = TV.All(T.Zero);
        var quotient = a / b;
        isOrdinary = !TV.Any(~TV.Less(TV.Abs(quotient), SimdBits.C<TV, T>(4194304f, 2251799813685248)));
        var whole = TV.SelectLess(quotient, zero, TV.Ceiling(quotient), TV.Floor(quotient));

        // A quotient just below a whole number may have been rounded to it: the remainder, a multiple of b's last place and so exact in any case, then
        // lies on the other side of zero, by less than b.
        var remainder = TV.Fma(-whole, b, a);
        var size = TV.Abs(b);
        remainder = TV.SelectLess(a, zero, TV.SelectLess(zero, remainder, remainder - size, remainder), TV.SelectLess(remainder, zero, remainder + size, remainder));
        return TV.SelectEqual(whole, zero, a, remainder);   // also where b is infinite
    }

    /// <summary>The divisor, 1 in its place where it is 0 or -1, by which processors do not divide or not all numbers (signed integers).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Harmless<TV, T>(TV b)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var one = TV.All(T.One);
        return TV.SelectEqual(b, TV.All(T.Zero), one, TV.SelectEqual(b, -one, one, b));
    }

    /// <summary>remainder &lt; 0 &lt; b or b &lt; 0 &lt; remainder ? x : y, for b other than 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV SelectUnlike<TV, T>(TV remainder, TV b, TV x, TV y)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var zero = TV.All(T.Zero);
        return TV.SelectLess(b, zero, TV.SelectLess(zero, remainder, x, y), TV.SelectLess(remainder, zero, x, y));
    }

    /// <summary>Zero with a number's sign (floating types).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Sign<TV, T>(TV a)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> => a & SimdBits.C<TV, T>(-0f, -0.0);

    /// <summary>A formula lane by lane, for registers with lanes that are out of the ordinary.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TV Each<TV, T, TOp>(TV a, TV b)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IScalarOperator<T>
    {
        T* x = stackalloc T[TV.Count], y = stackalloc T[TV.Count];
        TV.Store(a, x);
        TV.Store(b, y);
        for (var i = 0; i < TV.Count; i++) x[i] = TOp.Invoke(x[i], y[i]);
        return TV.Load(x);
    }
}
