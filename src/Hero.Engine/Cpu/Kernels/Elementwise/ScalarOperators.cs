using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>The remainder with the divisor's sign. A zero remainder takes the divisor's sign too, as in Python.</summary>
internal readonly struct ModuloOperator<T> : IScalarOperator<T> where T : unmanaged, INumber<T>
{
    public static T Invoke(T a, T b)
    {
        // -1 apart: the least integer divided by it overflows, which the processor answers with a trap.
        if (SimdBits.IsInteger<T>()) return b == T.Zero || b == T.Zero - T.One ? IntegerCase(a, b) : Floored(a, a % b, b);
        var remainder = a % b;
        return remainder == T.Zero ? T.CopySign(remainder, b) : Floored(a, remainder, b);
    }

    // An unsigned type's "-1" is its greatest value, an ordinary divisor.
    private static T IntegerCase(T a, T b) => b == T.Zero || b < T.Zero ? T.Zero : a % b;

    private static T Floored(T a, T remainder, T b) =>
        remainder != T.Zero && (remainder < T.Zero) != (b < T.Zero) ? remainder + b : remainder;
}

/// <summary>The quotient rounded down: exact where the quotient is representable, as Python's //.</summary>
internal readonly struct FloorDivideOperator<T> : IScalarOperator<T> where T : unmanaged, INumber<T>
{
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
