using System.Numerics;
using System.Runtime.CompilerServices;
using static Hero.Cpu.Kernels.SimdBits;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The error function for lanes of float or double, within 4 units in the last place. Up to 7/8: x + x p(x^2); beyond:
/// 1 - e^g(|x|), where g fits log erfc. p and g are least-squares fits on Chebyshev nodes (polynomials.py;
/// 2^-30 float, 2^-56 double).
/// </summary>
internal static class SimdErf
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Erf<TV, T>(TV x)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        var sign = x & C<TV, T>(-0f, -0.0);
        var a = x ^ sign;
        var near = Near<TV, T>(a * a);
        near = TV.Fma(a, near, a);
        var limit = C<TV, T>(4, 6);
        var far = TV.All(T.One) - SimdExp.Exp<TV, T>(Far<TV, T>(TV.SelectLess(limit, a, limit, a)));
        return TV.SelectLess(a, C<TV, T>(0.875f, 0.875), near, far) ^ sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Near<TV, T>(TV z)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        TV p;
        if (typeof(T) == typeof(float))
        {
            p = C<TV, T>(8.69307769e-5f, 0);
            p = TV.Fma(p, z, C<TV, T>(-0.000821414171f, 0));
            p = TV.Fma(p, z, C<TV, T>(0.0052068634f, 0));
            p = TV.Fma(p, z, C<TV, T>(-0.0268615242f, 0));
            p = TV.Fma(p, z, C<TV, T>(0.112837277f, 0));
            p = TV.Fma(p, z, C<TV, T>(-0.376126349f, 0));
            return TV.Fma(p, z, C<TV, T>(0.128379166f, 0));
        }
        p = C<TV, T>(0, -9.1080447242322194e-10);
        p = TV.Fma(p, z, C<TV, T>(0, 1.4317247649403611e-8));
        p = TV.Fma(p, z, C<TV, T>(0, -1.6326462175245071e-7));
        p = TV.Fma(p, z, C<TV, T>(0, 1.6460667827266145e-6));
        p = TV.Fma(p, z, C<TV, T>(0, -1.4925665296299144e-5));
        p = TV.Fma(p, z, C<TV, T>(0, 0.0001205533697917395));
        p = TV.Fma(p, z, C<TV, T>(0, -0.00085483272090951332));
        p = TV.Fma(p, z, C<TV, T>(0, 0.0052239776298884204));
        p = TV.Fma(p, z, C<TV, T>(0, -0.026866170645726443));
        p = TV.Fma(p, z, C<TV, T>(0, 0.11283791670959351));
        p = TV.Fma(p, z, C<TV, T>(0, -0.37612638903183887));
        return TV.Fma(p, z, C<TV, T>(0, 0.12837916709551259));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Far<TV, T>(TV a)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
    {
        TV g;
        if (typeof(T) == typeof(float))
        {
            g = C<TV, T>(-2.08984056e-5f, 0);
            g = TV.Fma(g, a, C<TV, T>(0.000431958382f, 0));
            g = TV.Fma(g, a, C<TV, T>(-0.00415787473f, 0));
            g = TV.Fma(g, a, C<TV, T>(0.0250821039f, 0));
            g = TV.Fma(g, a, C<TV, T>(-0.108218662f, 0));
            g = TV.Fma(g, a, C<TV, T>(-0.633405805f, 0));
            g = TV.Fma(g, a, C<TV, T>(-1.12948442f, 0));
            return TV.Fma(g, a, C<TV, T>(0.000168083541f, 0));
        }
        g = C<TV, T>(0, 1.4343274599597002e-12);
        g = TV.Fma(g, a, C<TV, T>(0, -6.3839418850653293e-11));
        g = TV.Fma(g, a, C<TV, T>(0, 1.3307142716029127e-9));
        g = TV.Fma(g, a, C<TV, T>(0, -1.7249228660843715e-8));
        g = TV.Fma(g, a, C<TV, T>(0, 1.5551253206413442e-7));
        g = TV.Fma(g, a, C<TV, T>(0, -1.0310170225016589e-6));
        g = TV.Fma(g, a, C<TV, T>(0, 5.1598518809730175e-6));
        g = TV.Fma(g, a, C<TV, T>(0, -1.9510340244483715e-5));
        g = TV.Fma(g, a, C<TV, T>(0, 5.3557310665605568e-5));
        g = TV.Fma(g, a, C<TV, T>(0, -8.9655437180281581e-5));
        g = TV.Fma(g, a, C<TV, T>(0, -9.9676412582983212e-6));
        g = TV.Fma(g, a, C<TV, T>(0, 0.00059101752164975692));
        g = TV.Fma(g, a, C<TV, T>(0, -0.0017119478996598843));
        g = TV.Fma(g, a, C<TV, T>(0, 0.00022987406059821137));
        g = TV.Fma(g, a, C<TV, T>(0, 0.019112410675100489));
        g = TV.Fma(g, a, C<TV, T>(0, -0.10276432079088667));
        g = TV.Fma(g, a, C<TV, T>(0, -0.63662259126575726));
        g = TV.Fma(g, a, C<TV, T>(0, -1.1283785905571511));
        return TV.Fma(g, a, C<TV, T>(0, -5.3935595403709198e-8));
    }
}
