using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>The remainder with the divisor's sign. A zero remainder takes the divisor's sign too, as in Python.</summary>
internal readonly struct ModuloOperator<T> : IBinaryOperator<T>, IScalarOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T>
    {
        var zero = TV.All(T.Zero);
        if (SimdBits.IsInteger<T>())
        {
            b = SimdDivision.Harmless<TV, T>(b);
            var rest = a - a / b * b;
            return SimdDivision.SelectUnlike<TV, T>(rest, b, rest + b, rest);
        }
        var remainder = SimdDivision.Remainder<TV, T>(a, b, out var isOrdinary);
        if (!isOrdinary) return SimdDivision.Each<TV, T, ModuloOperator<T>>(a, b);
        return TV.SelectEqual(remainder, zero, SimdDivision.Sign<TV, T>(b), SimdDivision.SelectUnlike<TV, T>(remainder, b, remainder + b, remainder));
    }

    public static T Invoke(T a, T b)
    {
        // -1 apart: the least integer divided by it overflows, which the processor answers with a trap.
        if (SimdBits.IsInteger<T>()) return b == T.Zero || b == T.Zero - T.One ? IntegerCase(a, b) : Floored(a % b, b);
        var remainder = a % b;
        return remainder == T.Zero ? T.CopySign(remainder, b) : Floored(remainder, b);
    }

    // An unsigned type's "-1" is its greatest value, an ordinary divisor.
    private static T IntegerCase(T a, T b) => b == T.Zero || b < T.Zero ? T.Zero : a % b;

    private static T Floored(T remainder, T b) =>
        remainder != T.Zero && (remainder < T.Zero) != (b < T.Zero) ? remainder + b : remainder;
}

/// <summary>The quotient rounded down: exact where the quotient is representable, as Python's //.</summary>
internal readonly struct FloorDivideOperator<T> : IBinaryOperator<T>, IScalarOperator<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T>
    {
        TV zero = TV.All(T.Zero), one = TV.All(T.One);
        if (SimdBits.IsInteger<T>())
        {
            var divisor = SimdDivision.Harmless<TV, T>(b);
            var quotient = a / divisor;
            quotient = SimdDivision.SelectUnlike<TV, T>(a - quotient * divisor, divisor, quotient - one, quotient);
            return TV.SelectEqual(b, zero, zero, TV.SelectEqual(b, -one, -a, quotient));
        }
        var remainder = SimdDivision.Remainder<TV, T>(a, b, out var isOrdinary);
        if (!isOrdinary) return SimdDivision.Each<TV, T, FloorDivideOperator<T>>(a, b);
        var whole = (a - remainder) / b;
        whole = SimdDivision.SelectUnlike<TV, T>(remainder, b, whole - one, whole);
        return TV.SelectEqual(whole, zero, SimdDivision.Sign<TV, T>(a / b), TV.Round(whole));
    }

    public static T Invoke(T a, T b)
    {
        if (b == T.Zero) return SimdBits.IsInteger<T>() ? T.Zero : a / b;
        if (SimdBits.IsInteger<T>())
        {
            if (b < T.Zero && b == T.Zero - T.One) return T.Zero - a;
            var quotient = a / b;
            return a % b != T.Zero && (a < T.Zero) != (b < T.Zero) ? quotient - T.One : quotient;
        }

        // a - mod is a multiple of b up to rounding, so the division is off by less than a half and rounding repairs it.
        var remainder = a % b;
        var whole = (a - remainder) / b;
        if (remainder != T.Zero && (remainder < T.Zero) != (b < T.Zero)) whole -= T.One;
        if (whole == T.Zero) return T.CopySign(T.Zero, a / b);
        return typeof(T) == typeof(float)
            ? Unsafe.BitCast<float, T>(MathF.Round(Unsafe.BitCast<T, float>(whole)))
            : Unsafe.BitCast<double, T>(Math.Round(Unsafe.BitCast<T, double>(whole)));
    }
}
