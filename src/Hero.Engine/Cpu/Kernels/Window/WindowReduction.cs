using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>The loop that depthwise convolution and pooling share: for every window and channel, fold the taps into a register.</summary>
internal static unsafe class WindowReduction
{
    // Windows that share a filter load: eight accumulators cover the latency of a fused multiply-add on two ports.
    private const int Block = 8;
    private const int HalfBlock = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TVec, TOperation>(in WindowGrid<T> grid, nint channels)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
        where TOperation : struct, IWindowOperation
    {
        var empty = TVec.All(T.CreateTruncating(TOperation.Empty));
        var scale = TVec.All(T.CreateTruncating(1.0 / Math.Max(grid.Rows * grid.Columns, 1)));
        nint step = grid.Advance, step2 = 2 * step, step3 = 3 * step;
        nint targetStep = grid.TargetAdvance;
        nint rowStep = grid.RowStep, columnStep = grid.ColumnStep;
        nint filterRowStep = grid.FilterRowStep, filterColumnStep = grid.FilterColumnStep;
        int rows = grid.Rows, columns = grid.Columns, windows = grid.Windows;
        var filters = grid.Filter;
        var last = channels - TVec.Count;
        var window = 0;
        for (; window + Block <= windows; window += Block)
        {
            var source = grid.Source + window * step;
            var target = grid.Target + window * targetStep;
            for (nint channel = 0; ; channel = Math.Min(channel + TVec.Count, last))
            {
                TVec r0 = empty, r1 = empty, r2 = empty, r3 = empty, r4 = empty, r5 = empty, r6 = empty, r7 = empty;
                for (var row = 0; row < rows; row++)
                {
                    var p = source + channel + row * rowStep;
                    var f = filters + channel + row * filterRowStep;
                    for (var column = columns; column > 0; column--)
                    {
                        var filter = TOperation.HasFilter ? TVec.Load(f) : empty;
                        var q = p + 4 * step;
                        r0 = TOperation.Step<T, TVec>(r0, TVec.Load(p), filter);
                        r1 = TOperation.Step<T, TVec>(r1, TVec.Load(p + step), filter);
                        r2 = TOperation.Step<T, TVec>(r2, TVec.Load(p + step2), filter);
                        r3 = TOperation.Step<T, TVec>(r3, TVec.Load(p + step3), filter);
                        r4 = TOperation.Step<T, TVec>(r4, TVec.Load(q), filter);
                        r5 = TOperation.Step<T, TVec>(r5, TVec.Load(q + step), filter);
                        r6 = TOperation.Step<T, TVec>(r6, TVec.Load(q + step2), filter);
                        r7 = TOperation.Step<T, TVec>(r7, TVec.Load(q + step3), filter);
                        p += columnStep;
                        f += filterColumnStep;
                    }
                }
                var t = target + channel;
                Finish<T, TVec, TOperation>(r0, scale, t);
                Finish<T, TVec, TOperation>(r1, scale, t + targetStep);
                Finish<T, TVec, TOperation>(r2, scale, t + 2 * targetStep);
                Finish<T, TVec, TOperation>(r3, scale, t + 3 * targetStep);
                t += 4 * targetStep;
                Finish<T, TVec, TOperation>(r4, scale, t);
                Finish<T, TVec, TOperation>(r5, scale, t + targetStep);
                Finish<T, TVec, TOperation>(r6, scale, t + 2 * targetStep);
                Finish<T, TVec, TOperation>(r7, scale, t + 3 * targetStep);
                if (channel == last) break;
            }
        }
        for (; window + HalfBlock <= windows; window += HalfBlock)
        {
            var source = grid.Source + window * step;
            var target = grid.Target + window * targetStep;
            for (nint channel = 0; ; channel = Math.Min(channel + TVec.Count, last))
            {
                TVec r0 = empty, r1 = empty, r2 = empty, r3 = empty;
                for (var row = 0; row < rows; row++)
                {
                    var p = source + channel + row * rowStep;
                    var f = filters + channel + row * filterRowStep;
                    for (var column = columns; column > 0; column--)
                    {
                        var filter = TOperation.HasFilter ? TVec.Load(f) : empty;
                        r0 = TOperation.Step<T, TVec>(r0, TVec.Load(p), filter);
                        r1 = TOperation.Step<T, TVec>(r1, TVec.Load(p + step), filter);
                        r2 = TOperation.Step<T, TVec>(r2, TVec.Load(p + step2), filter);
                        r3 = TOperation.Step<T, TVec>(r3, TVec.Load(p + step3), filter);
                        p += columnStep;
                        f += filterColumnStep;
                    }
                }
                var t = target + channel;
                Finish<T, TVec, TOperation>(r0, scale, t);
                Finish<T, TVec, TOperation>(r1, scale, t + targetStep);
                Finish<T, TVec, TOperation>(r2, scale, t + 2 * targetStep);
                Finish<T, TVec, TOperation>(r3, scale, t + 3 * targetStep);
                if (channel == last) break;
            }
        }
        for (; window < windows; window++)
        {
            var source = grid.Source + window * step;
            var target = grid.Target + window * targetStep;
            for (nint channel = 0; ; channel = Math.Min(channel + TVec.Count, last))
            {
                var result = empty;
                for (var row = 0; row < rows; row++)
                {
                    var p = source + channel + row * rowStep;
                    var f = filters + channel + row * filterRowStep;
                    for (var column = columns; column > 0; column--)
                    {
                        result = TOperation.Step<T, TVec>(result, TVec.Load(p), TOperation.HasFilter ? TVec.Load(f) : empty);
                        p += columnStep;
                        f += filterColumnStep;
                    }
                }
                Finish<T, TVec, TOperation>(result, scale, target + channel);
                if (channel == last) break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<T, TVec, TOperation>(TVec result, TVec scale, T* target)
        where T : unmanaged, INumber<T>
        where TVec : struct, ISimd<TVec, T>
        where TOperation : struct, IWindowOperation
        => TVec.Store(TOperation.IsMean ? result * scale : result, target);
}
