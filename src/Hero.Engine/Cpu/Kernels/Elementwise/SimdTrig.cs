using System.Numerics;
using System.Runtime.CompilerServices;
using static Hero.Cpu.Kernels.SimdBits;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Sine, cosine and tangent for lanes of float or double, within 2 units in the last place (tangent 4). The argument is cut into
/// n * pi/2 + r with |r| at most pi/4; pi/2 is taken in three parts, n times the first of which is exact. sin r = r + r^3 s(r^2),
/// cos r = 1 - r^2/2 + r^4 c(r^2); s and c are least-squares fits on Chebyshev nodes (polynomials.py; 2^-32 float, 2^-57 double). Lanes
/// beyond the range of that reduction are done one by one by the base library.
/// </summary>
internal static unsafe class SimdTrig
{
    private const float LimitSingle = 6000;
    private const double LimitDouble = 1.5e6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Sin<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var quadrant = Reduce<TV, T>(x, out var r);
        var result = Select<TV, T>(quadrant, Cosine<TV, T>(r), Sine<TV, T>(r)) ^ SignOf<TV, T>(quadrant);

        // -0 would come back as +0.
        result = TV.SelectEqual(x, TV.All(T.Zero), x, result);
        var far = Far<TV, T>(x);
        return TV.Any(far) ? OneByOne<TV, T>(x, far, result, 0) : result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Cos<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var quadrant = TV.AddBits(Reduce<TV, T>(x, out var r), TV.All(FromBits<T>(1)));
        var result = Select<TV, T>(quadrant, Cosine<TV, T>(r), Sine<TV, T>(r)) ^ SignOf<TV, T>(quadrant);
        var far = Far<TV, T>(x);
        return TV.Any(far) ? OneByOne<TV, T>(x, far, result, 1) : result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Tan<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var quadrant = Reduce<TV, T>(x, out var r);
        TV sine = Sine<TV, T>(r), cosine = Cosine<TV, T>(r);
        var result = Select<TV, T>(quadrant, -cosine / sine, sine / cosine);
        result = TV.SelectEqual(x, TV.All(T.Zero), x, result);
        var far = Far<TV, T>(x);
        return TV.Any(far) ? OneByOne<TV, T>(x, far, result, 2) : result;
    }

    /// <summary>Both at once for |x| below 6000; other lanes come out wrong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCos<TV, T>(TV x, out TV sine, out TV cosine)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var quadrant = Reduce<TV, T>(x, out var r);
        TV s = Sine<TV, T>(r), c = Cosine<TV, T>(r);
        sine = Select<TV, T>(quadrant, c, s) ^ SignOf<TV, T>(quadrant);
        cosine = Select<TV, T>(quadrant, s, c) ^ SignOf<TV, T>(TV.AddBits(quadrant, TV.All(FromBits<T>(1))));
    }

    /// <summary>r = x - n * pi/2; the low two bits of the result are n's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Reduce<TV, T>(TV x, out TV r)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var round = C<TV, T>(RoundSingle, RoundDouble);
        var shifted = TV.Fma(x, C<TV, T>(0.636619747f, 0.63661977236758138243), round);
        var n = shifted - round;
        r = TV.Fma(n, C<TV, T>(-1.57080078f, -1.5707963267341256142), x);
        r = TV.Fma(n, C<TV, T>(4.45445494e-6f, -6.0771005065061922493e-11), r);
        r = TV.Fma(n, C<TV, T>(1.65139956e-13f, -3.5215598651832001817e-27), r);
        return shifted;
    }

    /// <summary>Odd quadrants take the first, even ones the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Select<TV, T>(TV quadrant, TV odd, TV even)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var bits = typeof(T) == typeof(float) ? 31 : 63;
        return TV.Select(TV.ShiftRight(TV.ShiftLeft(quadrant, bits), bits), odd, even);
    }

    /// <summary>The sign bit set for quadrants 2 and 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV SignOf<TV, T>(TV quadrant)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> =>
        TV.ShiftLeft(quadrant, typeof(T) == typeof(float) ? 30 : 62) & C<TV, T>(-0f, -0.0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Sine<TV, T>(TV r)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var z = r * r;
        TV s;
        if (typeof(T) == typeof(float))
        {
            s = C<TV, T>(2.80435688e-6f, 0);
            s = TV.Fma(s, z, C<TV, T>(-0.000198502952f, 0));
            s = TV.Fma(s, z, C<TV, T>(0.00833337288f, 0));
            s = TV.Fma(s, z, C<TV, T>(-0.166666672f, 0));
        }
        else
        {
            s = C<TV, T>(0, 1.5896000046150026e-10);
            s = TV.Fma(s, z, C<TV, T>(0, -2.5050743528454354e-8));
            s = TV.Fma(s, z, C<TV, T>(0, 2.7557313591087511e-6));
            s = TV.Fma(s, z, C<TV, T>(0, -0.00019841269829484602));
            s = TV.Fma(s, z, C<TV, T>(0, 0.0083333333333219448));
            s = TV.Fma(s, z, C<TV, T>(0, -0.1666666666666663));
        }
        return TV.Fma(s, z * r, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Cosine<TV, T>(TV r)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var z = r * r;
        TV c;
        if (typeof(T) == typeof(float))
        {
            c = C<TV, T>(2.44327421e-5f, 0);
            c = TV.Fma(c, z, C<TV, T>(-0.00138873118f, 0));
            c = TV.Fma(c, z, C<TV, T>(0.0416666456f, 0));
        }
        else
        {
            c = C<TV, T>(0, -1.1358979878585515e-11);
            c = TV.Fma(c, z, C<TV, T>(0, 2.0875709736424291e-9));
            c = TV.Fma(c, z, C<TV, T>(0, -2.7557314246727625e-7));
            c = TV.Fma(c, z, C<TV, T>(0, 2.4801587289088995e-5));
            c = TV.Fma(c, z, C<TV, T>(0, -0.0013888888888873433));
            c = TV.Fma(c, z, C<TV, T>(0, 0.041666666666666595));
        }
        c = TV.Fma(c, z, C<TV, T>(-0.5f, -0.5));
        return TV.Fma(c, z, TV.All(T.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Far<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> =>
        TV.Less(C<TV, T>(LimitSingle, LimitDouble), TV.Abs(x));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TV OneByOne<TV, T>(TV x, TV far, TV near, int function)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var lanes = stackalloc double[TV.Count];
        var values = (T*)lanes;
        TV.Store(x, values);
        for (var lane = 0; lane < TV.Count; lane++)
        {
            values[lane] = typeof(T) == typeof(float)
                ? Unsafe.BitCast<float, T>((float)Scalar(Unsafe.BitCast<T, float>(values[lane]), function))
                : Unsafe.BitCast<double, T>(Scalar(Unsafe.BitCast<T, double>(values[lane]), function));
        }
        return TV.Select(far, TV.Load(values), near);
    }

    private static double Scalar(double x, int function) => function switch
    {
        0 => Math.Sin(x),
        1 => Math.Cos(x),
        _ => Math.Tan(x),
    };
}
