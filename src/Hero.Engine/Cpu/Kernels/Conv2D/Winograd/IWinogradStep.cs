using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// One of the six transforms of Winograd's convolution F(4, 3) along one axis. Four outputs y of a kernel g of three over six inputs d are
/// y = A^T [(G g) * (B^T d)] with six products instead of twelve (Winograd 1980; Lavin and Gray 2015). The points are
/// 0, ±sqrt(1/2), ±sqrt(2) and infinity: their rounding errors are about half of those of the usual 0, ±1, ±2.
/// In two dimensions each transform is applied to columns, then rows.
/// </summary>
internal unsafe interface IWinogradStep
{
    /// <summary>Registers read.</summary>
    static abstract int Inputs { get; }

    /// <summary>Registers written.</summary>
    static abstract int Outputs { get; }

    /// <summary>Registers lie <paramref name="sourceStep"/> and <paramref name="targetStep"/> elements apart; they do not overlap.</summary>
    static abstract void Run<TV>(float* source, nint sourceStep, float* target, nint targetStep) where TV : struct, ISimd<TV, float>;
}

/// <summary>The points of the transforms.</summary>
internal static class WinogradPoint
{
    public const float Near = 0.70710678f;
    public const float Far = 1.41421356f;
}

/// <summary>B^T d: of the input.</summary>
internal unsafe struct WinogradInput : IWinogradStep
{
    public static int Inputs => 6;

    public static int Outputs => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TV>(float* source, nint sourceStep, float* target, nint targetStep) where TV : struct, ISimd<TV, float>
    {
        TV d0 = TV.Load(source), d1 = TV.Load(source + sourceStep), d2 = TV.Load(source + 2 * sourceStep);
        TV d3 = TV.Load(source + 3 * sourceStep), d4 = TV.Load(source + 4 * sourceStep), d5 = TV.Load(source + 5 * sourceStep);
        TV minusTwo = TV.All(-2), minusHalf = TV.All(-0.5f), sum = TV.All(-2.5f);
        TV.Store(TV.MultiplyAdd(d2, sum, d0 + d4), target);
        TV even = TV.MultiplyAdd(d2, minusTwo, d4), odd = TV.MultiplyAdd(d1, minusTwo, d3);
        TV.Store(TV.MultiplyAdd(odd, TV.All(WinogradPoint.Near), even), target + targetStep);
        TV.Store(TV.MultiplyAdd(odd, TV.All(-WinogradPoint.Near), even), target + 2 * targetStep);
        even = TV.MultiplyAdd(d2, minusHalf, d4);
        odd = TV.MultiplyAdd(d1, minusHalf, d3);
        TV.Store(TV.MultiplyAdd(odd, TV.All(WinogradPoint.Far), even), target + 3 * targetStep);
        TV.Store(TV.MultiplyAdd(odd, TV.All(-WinogradPoint.Far), even), target + 4 * targetStep);
        TV.Store(TV.MultiplyAdd(d3, sum, d1 + d5), target + 5 * targetStep);
    }
}

/// <summary>B v: of the gradient of the transformed input, to that of the input.</summary>
internal unsafe struct WinogradInputGradient : IWinogradStep
{
    public static int Inputs => 6;

    public static int Outputs => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TV>(float* source, nint sourceStep, float* target, nint targetStep) where TV : struct, ISimd<TV, float>
    {
        TV v0 = TV.Load(source), v1 = TV.Load(source + sourceStep), v2 = TV.Load(source + 2 * sourceStep);
        TV v3 = TV.Load(source + 3 * sourceStep), v4 = TV.Load(source + 4 * sourceStep), v5 = TV.Load(source + 5 * sourceStep);
        TV near = v1 + v2, nearOdd = v1 - v2, far = v3 + v4, farOdd = v3 - v4, sum = TV.All(-2.5f);
        TV.Store(v0, target);
        TV.Store(TV.MultiplyAdd(nearOdd, TV.All(-WinogradPoint.Far), TV.MultiplyAdd(farOdd, TV.All(-WinogradPoint.Near), v5)), target + targetStep);
        TV.Store(TV.MultiplyAdd(v0, sum, TV.MultiplyAdd(near, TV.All(-2), far * TV.All(-0.5f))), target + 2 * targetStep);
        TV.Store(
            TV.MultiplyAdd(v5, sum, TV.MultiplyAdd(nearOdd, TV.All(WinogradPoint.Near), farOdd * TV.All(WinogradPoint.Far))), target + 3 * targetStep);
        TV.Store(v0 + near + far, target + 4 * targetStep);
        TV.Store(v5, target + 5 * targetStep);
    }
}

/// <summary>G g: of the filter.</summary>
internal unsafe struct WinogradFilter : IWinogradStep
{
    public static int Inputs => 3;

    public static int Outputs => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TV>(float* source, nint sourceStep, float* target, nint targetStep) where TV : struct, ISimd<TV, float>
    {
        TV g0 = TV.Load(source), g1 = TV.Load(source + sourceStep), g2 = TV.Load(source + 2 * sourceStep);
        TV.Store(g0, target);
        TV even = TV.MultiplyAdd(g2, TV.All(-1 / 3f), g0 * TV.All(-2 / 3f)), odd = g1 * TV.All(-2 / 3f * WinogradPoint.Near);
        TV.Store(even + odd, target + targetStep);
        TV.Store(even - odd, target + 2 * targetStep);
        even = TV.MultiplyAdd(g2, TV.All(1 / 3f), g0 * TV.All(1 / 6f));
        odd = g1 * TV.All(1 / 6f * WinogradPoint.Far);
        TV.Store(even + odd, target + 3 * targetStep);
        TV.Store(even - odd, target + 4 * targetStep);
        TV.Store(g2, target + 5 * targetStep);
    }
}

/// <summary>A^T m: of the products, to the output.</summary>
internal unsafe struct WinogradOutput : IWinogradStep
{
    public static int Inputs => 6;

    public static int Outputs => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TV>(float* source, nint sourceStep, float* target, nint targetStep) where TV : struct, ISimd<TV, float>
    {
        TV m0 = TV.Load(source), m1 = TV.Load(source + sourceStep), m2 = TV.Load(source + 2 * sourceStep);
        TV m3 = TV.Load(source + 3 * sourceStep), m4 = TV.Load(source + 4 * sourceStep), m5 = TV.Load(source + 5 * sourceStep);
        TV near = m1 + m2, nearOdd = m1 - m2, far = m3 + m4, farOdd = m3 - m4;
        TV.Store(m0 + near + far, target);
        TV.Store(TV.MultiplyAdd(farOdd, TV.All(2), nearOdd) * TV.All(WinogradPoint.Near), target + targetStep);
        TV.Store(TV.MultiplyAdd(near, TV.All(0.5f), far + far), target + 2 * targetStep);
        TV.Store(TV.MultiplyAdd(TV.MultiplyAdd(farOdd, TV.All(8), nearOdd), TV.All(WinogradPoint.Near / 2), m5), target + 3 * targetStep);
    }
}

/// <summary>A g: of the output's gradient, to that of the products.</summary>
internal unsafe struct WinogradOutputGradient : IWinogradStep
{
    public static int Inputs => 4;

    public static int Outputs => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TV>(float* source, nint sourceStep, float* target, nint targetStep) where TV : struct, ISimd<TV, float>
    {
        TV g0 = TV.Load(source), g1 = TV.Load(source + sourceStep), g2 = TV.Load(source + 2 * sourceStep), g3 = TV.Load(source + 3 * sourceStep);
        TV half = TV.All(0.5f), two = TV.All(2);
        TV.Store(g0, target);
        TV even = TV.MultiplyAdd(g2, half, g0), odd = TV.MultiplyAdd(g3, half, g1);
        TV.Store(TV.MultiplyAdd(odd, TV.All(WinogradPoint.Near), even), target + targetStep);
        TV.Store(TV.MultiplyAdd(odd, TV.All(-WinogradPoint.Near), even), target + 2 * targetStep);
        even = TV.MultiplyAdd(g2, two, g0);
        odd = TV.MultiplyAdd(g3, two, g1);
        TV.Store(TV.MultiplyAdd(odd, TV.All(WinogradPoint.Far), even), target + 3 * targetStep);
        TV.Store(TV.MultiplyAdd(odd, TV.All(-WinogradPoint.Far), even), target + 4 * targetStep);
        TV.Store(g3, target + 5 * targetStep);
    }
}

/// <summary>G^T u: of the transformed filter's gradient, to the filter's.</summary>
internal unsafe struct WinogradFilterGradient : IWinogradStep
{
    public static int Inputs => 6;

    public static int Outputs => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TV>(float* source, nint sourceStep, float* target, nint targetStep) where TV : struct, ISimd<TV, float>
    {
        TV u0 = TV.Load(source), u1 = TV.Load(source + sourceStep), u2 = TV.Load(source + 2 * sourceStep);
        TV u3 = TV.Load(source + 3 * sourceStep), u4 = TV.Load(source + 4 * sourceStep), u5 = TV.Load(source + 5 * sourceStep);
        TV near = u1 + u2, nearOdd = u1 - u2, far = u3 + u4, farOdd = u3 - u4;
        TV.Store(TV.MultiplyAdd(near, TV.All(-2 / 3f), TV.MultiplyAdd(far, TV.All(1 / 6f), u0)), target);
        TV.Store(TV.MultiplyAdd(nearOdd, TV.All(-2 / 3f * WinogradPoint.Near), farOdd * TV.All(1 / 6f * WinogradPoint.Far)), target + targetStep);
        TV.Store(TV.MultiplyAdd(near, TV.All(-1 / 3f), TV.MultiplyAdd(far, TV.All(1 / 3f), u5)), target + 2 * targetStep);
    }
}
