using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>filter[tap] += sum over the windows of a run of source[tap] * target, channel by channel.</summary>
internal static unsafe class DepthwiseFilterSums
{
    private const int Tile = 3;

    /// <summary>
    /// <see cref="WindowGrid{T}.Target"/> is read, <see cref="WindowGrid{T}.Filter"/> updated: vector v of a tap's sums belongs to the
    /// channels from v * Count on, the last vector to the last channels. Nine taps at a time stay in registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T, TVec>(in WindowGrid<T> grid, nint channels)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
    {
        nint advance = grid.Advance, targetAdvance = grid.TargetAdvance, last = channels - TVec.Count;
        for (var firstRow = 0; firstRow < grid.Rows; firstRow += Tile)
        {
            for (var firstColumn = 0; firstColumn < grid.Columns; firstColumn += Tile)
            {
                // A tile with fewer taps repeats its last ones: they are loaded, summed and stored several times over, all alike.
                int row1 = Math.Min(1, grid.Rows - 1 - firstRow), row2 = Math.Min(2, grid.Rows - 1 - firstRow);
                int column1 = Math.Min(1, grid.Columns - 1 - firstColumn), column2 = Math.Min(2, grid.Columns - 1 - firstColumn);
                nint right1 = column1 * grid.ColumnStep, right2 = column2 * grid.ColumnStep;
                nint filterRight1 = column1 * grid.FilterColumnStep, filterRight2 = column2 * grid.FilterColumnStep;
                var corner = grid.Source + firstRow * grid.RowStep + firstColumn * grid.ColumnStep;
                var filterCorner = grid.Filter + firstRow * grid.FilterRowStep + firstColumn * grid.FilterColumnStep;
                for (nint slot = 0; slot < channels; slot += TVec.Count)
                {
                    var channel = Math.Min(slot, last);
                    T* f0 = filterCorner + slot, f1 = f0 + row1 * grid.FilterRowStep, f2 = f0 + row2 * grid.FilterRowStep;
                    T* p0 = corner + channel, p1 = p0 + row1 * grid.RowStep, p2 = p0 + row2 * grid.RowStep;
                    TVec s00 = TVec.Load(f0), s01 = TVec.Load(f0 + filterRight1), s02 = TVec.Load(f0 + filterRight2);
                    TVec s10 = TVec.Load(f1), s11 = TVec.Load(f1 + filterRight1), s12 = TVec.Load(f1 + filterRight2);
                    TVec s20 = TVec.Load(f2), s21 = TVec.Load(f2 + filterRight1), s22 = TVec.Load(f2 + filterRight2);
                    var target = grid.Target + channel;
                    for (var window = grid.Windows; window > 0; window--)
                    {
                        var d = TVec.Load(target);
                        s00 = TVec.MultiplyAdd(TVec.Load(p0), d, s00);
                        s01 = TVec.MultiplyAdd(TVec.Load(p0 + right1), d, s01);
                        s02 = TVec.MultiplyAdd(TVec.Load(p0 + right2), d, s02);
                        s10 = TVec.MultiplyAdd(TVec.Load(p1), d, s10);
                        s11 = TVec.MultiplyAdd(TVec.Load(p1 + right1), d, s11);
                        s12 = TVec.MultiplyAdd(TVec.Load(p1 + right2), d, s12);
                        s20 = TVec.MultiplyAdd(TVec.Load(p2), d, s20);
                        s21 = TVec.MultiplyAdd(TVec.Load(p2 + right1), d, s21);
                        s22 = TVec.MultiplyAdd(TVec.Load(p2 + right2), d, s22);
                        p0 += advance;
                        p1 += advance;
                        p2 += advance;
                        target += targetAdvance;
                    }
                    TVec.Store(s00, f0);
                    TVec.Store(s01, f0 + filterRight1);
                    TVec.Store(s02, f0 + filterRight2);
                    TVec.Store(s10, f1);
                    TVec.Store(s11, f1 + filterRight1);
                    TVec.Store(s12, f1 + filterRight2);
                    TVec.Store(s20, f2);
                    TVec.Store(s21, f2 + filterRight1);
                    TVec.Store(s22, f2 + filterRight2);
                }
            }
        }
    }

    /// <summary>Adds what a row of x and a row of dy, which meet through a row of three taps, give to the sums of these: nothing outside of either.</summary>
    public static void AddRow<T, TVec>(T* x, int inWidth, T* dy, int outWidth, int stride, int padLeft, nint channels, T* sums, nint tapLength)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
    {
        for (var tap = 0; tap < 3; tap++)
        {
            int before = padLeft - tap, first = before > 0 ? (before + stride - 1) / stride : 0, end = Math.Min(outWidth, (inWidth - 1 + before + stride) / stride);
            if (first >= end) continue;
            Add<T, TVec>(
                new WindowGrid<T>
                {
                    Rows = 1, Columns = 1, Windows = end - first,
                    Source = x + (first * stride - before) * channels, Advance = stride * channels,
                    Target = dy + first * channels, TargetAdvance = channels,
                    Filter = sums + tap * tapLength,
                },
                channels);
        }
    }
}
