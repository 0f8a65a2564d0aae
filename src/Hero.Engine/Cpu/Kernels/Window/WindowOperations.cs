using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Sum of filter * x: depthwise convolution.</summary>
internal readonly struct WeightedSum : IWindowOperation
{
    public static bool HasFilter => true;

    public static bool IsMean => false;

    public static double Empty => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Step<T, TVec>(TVec result, TVec x, TVec filter)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
        => TVec.MultiplyAdd(x, filter, result);
}

/// <summary>The sum of the taps.</summary>
internal readonly struct WindowSum : IWindowOperation
{
    public static bool HasFilter => false;

    public static bool IsMean => false;

    public static double Empty => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Step<T, TVec>(TVec result, TVec x, TVec filter)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
        => result + x;
}

/// <summary>The mean of the taps; 0 where there are none.</summary>
internal readonly struct WindowMean : IWindowOperation
{
    public static bool HasFilter => false;

    public static bool IsMean => true;

    public static double Empty => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Step<T, TVec>(TVec result, TVec x, TVec filter)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
        => result + x;
}

/// <summary>The largest tap; NaN if one is NaN; minus infinity where there are none.</summary>
internal readonly struct WindowMaximum : IWindowOperation
{
    public static bool HasFilter => false;

    public static bool IsMean => false;

    public static double Empty => double.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Step<T, TVec>(TVec result, TVec x, TVec filter)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
        => TVec.Maximum(result, x);
}
