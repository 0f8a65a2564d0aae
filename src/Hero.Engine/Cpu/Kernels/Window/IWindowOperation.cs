using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>What <see cref="WindowReduction"/> does with the taps of a window: a weighted sum, a maximum, a mean.</summary>
internal interface IWindowOperation
{
    /// <summary>Whether each tap has a filter value of its own.</summary>
    static abstract bool HasFilter { get; }

    /// <summary>Whether the result is multiplied by one over the number of taps.</summary>
    static abstract bool IsMean { get; }

    /// <summary>The result of a window without taps.</summary>
    static abstract double Empty { get; }

    static abstract TVec Step<T, TVec>(TVec result, TVec x, TVec filter)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>;
}
