using System.Numerics;
using System.Runtime.CompilerServices;
using static Hero.Cpu.Kernels.SimdBits;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The natural logarithm and its relatives for lanes of float or double, within 2 units in the last place (softplus 5). The
/// argument is cut into 2^n * (1 + f) with 1 + f between sqrt(1/2) and sqrt(2). float: log(1 + f) = f - f^2/2 + f^3 p(f); double:
/// s = f / (2 + f), log(1 + f) = 2 atanh(s) = 2s + s^3 g(s^2). p and g are least-squares fits on Chebyshev nodes (polynomials.py)
/// (error relative to f: 2^-30 float, 2^-59 double).
/// </summary>
internal static class SimdLog
{
    /// <summary>log x: -infinity at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Log<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var zero = TV.All(T.Zero);
        var infinity = C<TV, T>(float.PositiveInfinity, double.PositiveInfinity);

        // Denormal numbers are lifted into the normal range: by 2^23 (2^52), taken off again in n.
        var normal = C<TV, T>(1.17549435e-38f, 2.2250738585072014e-308);
        var lifted = TV.SelectLess(x, normal, x * C<TV, T>(8388608, 4503599627370496), x);
        var result = LogOfNormal<TV, T>(lifted, TV.SelectLess(x, normal, C<TV, T>(-23, -52), zero));

        result = TV.SelectLess(x, infinity, result, x);                    // infinity and NaN are their own result
        result = TV.SelectLess(x, zero, C<TV, T>(float.NaN, double.NaN), result);
        return TV.SelectEqual(x, zero, -infinity, result);
    }

    /// <summary>log(1 + x) without cancellation near 0: -infinity at -1, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Log1p<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var one = TV.All(T.One);
        var u = one + x;

        // What rounding 1 + x lost, in the form that is exact for x on either side of 1; its effect on the logarithm is lost / u.
        var lost = TV.SelectLess(x, one, x - (u - one), one - (u - x));
        var result = Log<TV, T>(u);

        // At -1 and infinity the correction is no number; there the logarithm stands. Below 1/2 ulp of 1, where u is 1, x is its own
        // logarithm (and keeps -0).
        var corrected = result + lost / u;
        var infinity = C<TV, T>(float.PositiveInfinity, double.PositiveInfinity);
        result = TV.SelectLess(TV.Abs(result), infinity, corrected, result);
        return TV.SelectEqual(u, one, x, result);
    }

    /// <summary>log(1 + e^x) = max(x, 0) + log1p(e^-|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Softplus<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var zero = TV.All(T.Zero);
        return TV.SelectLess(x, zero, zero, x) + Log1p<TV, T>(SimdExp.Exp<TV, T>(-TV.Abs(x)));
    }

    /// <summary>log x + n * ln 2 of a positive normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV LogOfNormal<TV, T>(TV x, TV n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var f = Cut<TV, T>(x, ref n);
        var half = f * C<TV, T>(0.5f, 0.5);
        TV p;
        if (typeof(T) == typeof(float))
        {
            p = C<TV, T>(0.0680491775f, 0);
            p = TV.Fma(p, f, C<TV, T>(-0.117258288f, 0));
            p = TV.Fma(p, f, C<TV, T>(0.118885927f, 0));
            p = TV.Fma(p, f, C<TV, T>(-0.123964213f, 0));
            p = TV.Fma(p, f, C<TV, T>(0.142181218f, 0));
            p = TV.Fma(p, f, C<TV, T>(-0.166685268f, 0));
            p = TV.Fma(p, f, C<TV, T>(0.200022265f, 0));
            p = TV.Fma(p, f, C<TV, T>(-0.25f, 0));
            p = TV.Fma(p, f, C<TV, T>(0.333333105f, 0));
            p = TV.Fma(p * f, f * f, n * C<TV, T>(1.42860677e-6f, 0));
            p = TV.Fma(-half, f, p);
            return TV.Fma(n, C<TV, T>(0.693145752f, 0), f + p);
        }
        var s = f / (C<TV, T>(2, 2) + f);
        var z = s * s;
        p = C<TV, T>(0, 0.14798466263720489);
        p = TV.Fma(p, z, C<TV, T>(0, 0.1531379712968203));
        p = TV.Fma(p, z, C<TV, T>(0, 0.1818357440829258));
        p = TV.Fma(p, z, C<TV, T>(0, 0.22222198372690957));
        p = TV.Fma(p, z, C<TV, T>(0, 0.28571428744455557));
        p = TV.Fma(p, z, C<TV, T>(0, 0.3999999999940444));
        p = TV.Fma(p, z, C<TV, T>(0, 0.66666666666667362));

        // 2s = f - s f, and s f = f^2/2 - s f^2/2: the leading term is f itself.
        var square = half * f;
        var correction = square - TV.Fma(s, TV.Fma(z, p, square), n * C<TV, T>(0, -1.7239444525614834793e-13));
        return TV.Fma(n, C<TV, T>(0, 0.69314718056011770386), f - correction);
    }

    /// <summary>f of a positive normal number 2^m (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); m is added to n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Cut<TV, T>(TV x, ref TV n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        // Subtracting sqrt(1/2)'s bits leaves the exponent.
        var root = C<TV, T>(0.707106781f, 0.70710678118654752);
        var exponent = TV.ShiftRight(TV.SubtractBits(x, root), typeof(T) == typeof(float) ? 23 : 52);
        n += TV.BitsToNumber(exponent);
        return TV.SubtractBits(x, TV.ShiftLeft(exponent, typeof(T) == typeof(float) ? 23 : 52)) - TV.All(T.One);
    }
}
