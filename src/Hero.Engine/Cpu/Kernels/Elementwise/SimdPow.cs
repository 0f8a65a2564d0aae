using System.Numerics;
using System.Runtime.CompilerServices;
using static Hero.Cpu.Kernels.SimdBits;

namespace Hero.Cpu.Kernels;

/// <summary>
/// a^b = 2^(b log2 |a|) for lanes of float or double, within 2 units in the last place, with IEEE 754's special cases. The logarithm has to have
/// some ten bits more than the result, as b multiplies what it errs by: it is a sum of two numbers, by the series of atanh, of whose first two
/// terms nothing is lost.
/// </summary>
internal static class SimdPow
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Pow<TV, T>(TV a, TV b)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var (zero, one, infinity) = (TV.All(T.Zero), TV.All(T.One), C<TV, T>(float.PositiveInfinity, double.PositiveInfinity));
        var size = TV.Abs(a);
        var (high, low) = Log2<TV, T>(size);
        high = TV.SelectEqual(size, zero, -infinity, TV.SelectEqual(size, infinity, infinity, high));

        var power = b * high;
        var rest = TV.Fma(b, high, -power) + b * low;
        // Past these bounds the result is 0 or infinity, and the rest perhaps no number.
        var bound = C<TV, T>(200, 1200);
        rest = TV.SelectLess(TV.Abs(power), bound, rest, zero);
        power = TV.Clamp(power, -bound, bound);
        var n = TV.Round(power);
        var result = SimdExp.ExpOfReduced<TV, T>((power - n + rest) * C<TV, T>(0.693147182f, 0.69314718055994531), n);
        result = TV.SelectEqual(size, one, one, result);   // also to infinity

        // Odd powers keep the sign; powers that are not whole have no value below 0, but for infinity, whose sign they lose.
        var isWhole = TV.Equal(TV.Floor(b), b);
        var half = b * C<TV, T>(0.5f, 0.5);
        var isOdd = isWhole & ~TV.Equal(TV.Floor(half), half);
        result |= a & C<TV, T>(-0f, -0.0) & isOdd;
        var isNowhere = TV.Less(a, zero) & TV.Less(size, infinity) & ~isWhole;
        var isNumber = TV.Equal(a, a) & TV.Equal(b, b) & ~isNowhere;
        result = TV.Select(isNumber, result, C<TV, T>(float.NaN, double.NaN));
        return TV.SelectEqual(b, zero, one, TV.SelectEqual(a, one, one, result));
    }

    /// <summary>The logarithm to base 2 of a positive finite number, as the sum of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TV High, TV Low) Log2<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var (zero, two) = (TV.All(T.Zero), C<TV, T>(2, 2));
        // Denormal numbers are lifted into the normal range: by 2^23 (2^52), taken off again in n.
        var normal = C<TV, T>(1.17549435e-38f, 2.2250738585072014e-308);
        var n = TV.SelectLess(x, normal, C<TV, T>(-23, -52), zero);
        var f = SimdLog.Cut<TV, T>(TV.SelectLess(x, normal, x * C<TV, T>(8388608, 4503599627370496), x), ref n);

        // s = f / (2 + f), of which log(1 + f) = 2 s + 2/3 s^3 + 2/5 s^5 ...
        var divisor = two + f;
        var s = f / divisor;
        var sLow = TV.Fma(-s, f - (divisor - two), TV.Fma(-s, divisor, f)) / divisor;
        var z = s * s;
        var zLow = TV.Fma(two * s, sLow, TV.Fma(s, s, -z));

        // c = 2/3 + 2/5 z + 2/7 z^2 ...
        TV tail;
        if (typeof(T) == typeof(float))
        {
            tail = C<TV, T>(2f / 13, 0);
        }
        else
        {
            tail = C<TV, T>(0, 2.0 / 25);
            tail = TV.Fma(tail, z, C<TV, T>(0, 2.0 / 23));
            tail = TV.Fma(tail, z, C<TV, T>(0, 2.0 / 21));
            tail = TV.Fma(tail, z, C<TV, T>(0, 2.0 / 19));
            tail = TV.Fma(tail, z, C<TV, T>(0, 2.0 / 17));
            tail = TV.Fma(tail, z, C<TV, T>(0, 2.0 / 15));
            tail = TV.Fma(tail, z, C<TV, T>(0, 2.0 / 13));
        }
        tail = TV.Fma(tail, z, C<TV, T>(2f / 11, 2.0 / 11));
        tail = TV.Fma(tail, z, C<TV, T>(2f / 9, 2.0 / 9));
        tail = TV.Fma(tail, z, C<TV, T>(2f / 7, 2.0 / 7));
        tail = TV.Fma(tail, z, C<TV, T>(2f / 5, 2.0 / 5)) * z;
        TV twoThirds = C<TV, T>(0.6666667f, 0.66666666666666663), twoThirdsLow = C<TV, T>(-1.98682145e-8f, 3.7007434154171886e-17);
        var c = twoThirds + tail;
        var cLow = twoThirds - c + tail + twoThirdsLow;

        // s (2 + z c), times log2(e), plus n.
        var w = z * c;
        var wLow = TV.Fma(z, c, -w) + TV.Fma(z, cLow, zLow * c);
        var u = two + w;
        var uLow = two - u + w + wLow;
        var log = s * u;
        var logLow = TV.Fma(s, u, -log) + TV.Fma(s, uLow, sLow * u);
        TV scale = C<TV, T>(1.44269502f, 1.4426950408889634), scaleLow = C<TV, T>(1.92596303e-8f, 2.0355273740931033e-17);
        var fraction = log * scale;
        var fractionLow = TV.Fma(log, scale, -fraction) + TV.Fma(log, scaleLow, logLow * scale);
        var high = n + fraction;
        return (high, n - high + fraction + fractionLow);
    }
}
