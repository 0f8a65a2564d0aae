using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>The inner loops that find the maximum of a window again.</summary>
internal static unsafe class MaxPoolLoops
{
    // Not inlined: with all that its callers take in as well, the operators were left out and called one by one, ten times as slow.
    /// <summary>
    /// dx at the first maximum += dy, or, for windows that have no cell in common, dx = dy there and 0 elsewhere. A vector's dy is used up, lane by lane, by
    /// the first tap that equals the maximum.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Scatter<T, TVec, TCells>(in MaxPoolGrid<T> grid, nint channels)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
        where TCells : struct
    {
        for (nint window = 0; window < grid.Windows; window++)
        {
            nint offset = window * grid.Advance, outOffset = window * channels, channel = 0;
            for (; channel + TVec.Count <= channels; channel += TVec.Count) Scatter<T, TVec, TCells>(grid, offset + channel, outOffset + channel);
            for (; channel < channels; channel++) Scatter<T, Simd1<T>, TCells>(grid, offset + channel, outOffset + channel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scatter<T, TVec, TCells>(in MaxPoolGrid<T> grid, nint offset, nint outOffset)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
        where TCells : struct
    {
        TVec zero = default, rest = TVec.Load(grid.Dy + outOffset), maximum = TVec.Load(grid.Y + outOffset);
        for (var row = 0; row < grid.Rows; row++)
        {
            var p = grid.X + offset + row * grid.RowStep;
            var d = grid.Dx + offset + row * grid.RowStep;
            for (var column = grid.Columns; column > 0; column--)
            {
                var found = IsMaximum<T, TVec>(TVec.Load(p), maximum);
                if (row >= grid.SkippedRows) TVec.Store(typeof(TCells) == typeof(DisjointCells) ? found & rest : TVec.Load(d) + TVec.Select(found, rest, zero), d);
                rest = TVec.Select(found, zero, rest);
                p += grid.ColumnStep;
                d += grid.ColumnStep;
            }
        }
    }

    /// <summary>Windows that have no cell in common.</summary>
    public readonly struct DisjointCells;

    /// <summary>Windows that may have cells in common.</summary>
    public readonly struct SharedCells;

    /// <summary>dy = dx at the first maximum: the taps are gone through backwards, so that the first one has the last word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pick<T, TVec>(in MaxPoolGrid<T> grid, nint channels)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
    {
        var last = channels - TVec.Count;
        for (nint window = 0; window < grid.Windows; window++)
        {
            nint offset = window * grid.Advance, outOffset = window * channels;
            for (nint channel = 0; ; channel = Math.Min(channel + TVec.Count, last))
            {
                var maximum = TVec.Load(grid.Y + outOffset + channel);
                TVec picked = default;
                for (var row = grid.Rows - 1; row >= 0; row--)
                {
                    for (var column = grid.Columns - 1; column >= 0; column--)
                    {
                        var at = offset + channel + row * grid.RowStep + column * grid.ColumnStep;
                        picked = TVec.Select(IsMaximum<T, TVec>(TVec.Load(grid.X + at), maximum), TVec.Load(grid.Dx + at), picked);
                    }
                }
                TVec.Store(picked, grid.Dy + outOffset + channel);
                if (channel == last) break;
            }
        }
    }

    /// <summary>
    /// Where x is the maximum of its window: equal to it, or NaN, which a window's maximum is if any of its cells is. Lanes of two bytes are bfloat16.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec IsMaximum<T, TVec>(TVec x, TVec maximum)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
    {
        if (typeof(T) != typeof(ushort)) return TVec.Equal(x, maximum) | ~TVec.Equal(x, x);
        TVec zero = default, size = TVec.All(T.CreateTruncating(0x7fff)), infinity = TVec.All(T.CreateTruncating(0x7f80));
        var bothZero = TVec.Equal((x | maximum) & size, zero);
        return TVec.Equal(x, maximum) | bothZero | TVec.Less(infinity, x & size);
    }
}
