using System.Numerics;
using System.Runtime.CompilerServices;
using static Hero.Cpu.Kernels.SimdBits;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The exponential and its relatives for lanes of float or double, within 2 units in the last place (the relatives 4). The argument
/// is cut into n * ln 2 + r with |r| at most ln 2 / 2; e^r - 1 = r + r^2 q(r), where q is a least-squares fit on Chebyshev nodes
/// (polynomials.py; relative error of e^r: 2^-28 float, 2^-58 double).
/// </summary>
internal static class SimdExp
{
    /// <summary>e^x: 0 and infinity where the type's range ends, denormal numbers in between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Exp<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        // Past these bounds the result is 0 or infinity; NaN passes.
        x = TV.Clamp(x, C<TV, T>(-104, -746), C<TV, T>(89, 710));
        var n = Reduce<TV, T>(ref x);
        return ExpOfReduced<TV, T>(x, n);
    }

    /// <summary>e^x 2^n for |x| at most ln 2 / 2 and integral n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV ExpOfReduced<TV, T>(TV x, TV n)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        TV q;
        if (typeof(T) == typeof(float))
        {
            q = C<TV, T>(0.00139357673f, 0);
            q = TV.Fma(q, x, C<TV, T>(0.00836923532f, 0));
            q = TV.Fma(q, x, C<TV, T>(0.0416664556f, 0));
            q = TV.Fma(q, x, C<TV, T>(0.166665152f, 0));
            q = TV.Fma(q, x, C<TV, T>(0.5f, 0));
        }
        else
        {
            q = C<TV, T>(0, 2.5112684229734585e-8);
            q = TV.Fma(q, x, C<TV, T>(0, 2.7631562329826844e-7));
            q = TV.Fma(q, x, C<TV, T>(0, 2.7557232802036338e-6));
            q = TV.Fma(q, x, C<TV, T>(0, 2.4801489088133002e-5));
            q = TV.Fma(q, x, C<TV, T>(0, 0.00019841269898714363));
            q = TV.Fma(q, x, C<TV, T>(0, 0.0013888888947927755));
            q = TV.Fma(q, x, C<TV, T>(0, 0.0083333333333159409));
            q = TV.Fma(q, x, C<TV, T>(0, 0.041666666666511434));
            q = TV.Fma(q, x, C<TV, T>(0, 0.16666666666666685));
            q = TV.Fma(q, x, C<TV, T>(0, 0.50000000000000133));
        }
        var one = C<TV, T>(1, 1);
        q = TV.Fma(TV.Fma(q, x, one), x, one);
        return TV.Scale(q, n);
    }

    /// <summary>e^x - 1 without cancellation near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Expm1<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        // Below the lower bound the result rounds to -1.
        var r = TV.Clamp(x, C<TV, T>(-20, -40), C<TV, T>(89, 710));
        var n = Reduce<TV, T>(ref r);
        TV q;
        if (typeof(T) == typeof(float))
        {
            q = C<TV, T>(0.000199584669f, 0);
            q = TV.Fma(q, r, C<TV, T>(0.00139336998f, 0));
            q = TV.Fma(q, r, C<TV, T>(0.00833319221f, 0));
            q = TV.Fma(q, r, C<TV, T>(0.0416664779f, 0));
            q = TV.Fma(q, r, C<TV, T>(0.166666672f, 0));
        }
        else
        {
            q = C<TV, T>(0, 2.0919500327140614e-9);
            q = TV.Fma(q, r, C<TV, T>(0, 2.5109178722745544e-8));
            q = TV.Fma(q, r, C<TV, T>(0, 2.7557259207032507e-7));
            q = TV.Fma(q, r, C<TV, T>(0, 2.7557243786127943e-6));
            q = TV.Fma(q, r, C<TV, T>(0, 2.4801587340616703e-5));
            q = TV.Fma(q, r, C<TV, T>(0, 0.00019841269886569808));
            q = TV.Fma(q, r, C<TV, T>(0, 0.0013888888888877445));
            q = TV.Fma(q, r, C<TV, T>(0, 0.0083333333333214417));
            q = TV.Fma(q, r, C<TV, T>(0, 0.041666666666666678));
            q = TV.Fma(q, r, C<TV, T>(0, 0.16666666666666677));
        }
        q = TV.Fma(q, r, C<TV, T>(0.5f, 0.5));
        q = TV.Fma(q, r * r, r);

        // 2^n q + 2^n - 1, halved until the end so that 2^n stays in range where the result does.
        var half = PowerOfTwo<TV, T>(n - C<TV, T>(1, 1));
        var result = TV.Fma(half, q, half - C<TV, T>(0.5f, 0.5));

        // Zero is its own result: the sums would lose its sign.
        return TV.SelectEqual(x, TV.All(T.Zero), x, result + result);
    }

    /// <summary>tanh x = -t / (2 + t) with t = e^(-2|x|) - 1, the sign put back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Tanh<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var sign = x & C<TV, T>(-0f, -0.0);
        var t = Expm1<TV, T>((x | C<TV, T>(-0f, -0.0)) * C<TV, T>(2, 2));
        return (-t / (C<TV, T>(2, 2) + t)) ^ sign;
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Sigmoid<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var one = C<TV, T>(1, 1);
        return one / (one + Exp<TV, T>(-x));
    }

    /// <summary>Takes the nearest multiple n of ln 2 off x, in two parts: n times the first part is exact. Returns n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Reduce<TV, T>(ref TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var round = C<TV, T>(RoundSingle, RoundDouble);
        var n = TV.Fma(x, C<TV, T>(1.44269502f, 1.442695040888963387), round) - round;
        x = TV.Fma(n, C<TV, T>(-0.693145752f, -0.69314718056011770386), x);
        x = TV.Fma(n, C<TV, T>(-1.42860677e-6f, 1.7239444525614834793e-13), x);
        return n;
    }
}
