using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Runs a <see cref="WindowReduction"/> over all windows of a batch, in parallel over bands of target rows. The bands depend on the shape
/// only, and every target element is computed in one place, so threads do not show in the result.
/// </summary>
internal unsafe struct WindowPass<T, TOperation, TRows> : IParallelBody
    where T : unmanaged, INumber<T>
    where TOperation : struct, IWindowOperation
    where TRows : struct, IWindowRows<T>
{
    private WindowAxis rowAxis, columnAxis;
    private TRows rows;
    private T* filter;
    private WindowRun* runs;
    private int runCount, channels, kernelWidth, width, bandRows;
    private nint totalRows;

    /// <param name="w">The geometry.</param>
    /// <param name="transposed">Whether the target is the input side.</param>
    /// <param name="channels">Channels of source and target rows as <paramref name="rows"/> hands them out.</param>
    /// <param name="filter">[kernel height, kernel width, channels]; not read by pooling.</param>
    /// <param name="rows">The data.</param>
    public static void Run(in Window2D w, bool transposed, int channels, T* filter, in TRows rows)
    {
        var pass = new WindowPass<T, TOperation, TRows>
        {
            rowAxis = WindowAxis.Rows(w, transposed),
            columnAxis = WindowAxis.Columns(w, transposed),
            rows = rows,
            filter = filter,
            channels = channels,
            kernelWidth = w.KernelWidth,
        };
        pass.totalRows = (nint)w.Batch * pass.rowAxis.Length;
        pass.width = pass.columnAxis.Length;
        if (pass.totalRows == 0 || pass.width == 0 || channels == 0) return;
        pass.runs = (WindowRun*)Scratch.Get(WindowScratch.Runs, (nint)pass.width * sizeof(WindowRun));
        pass.runCount = pass.columnAxis.Runs(pass.runs);
        pass.bandRows = WindowScratch.BandRows(pass.totalRows, (nint)pass.width * channels);
        WorkerTeam.Default.For((int)((pass.totalRows + pass.bandRows - 1) / pass.bandRows), ref pass);
    }

    public void Run(int item)
    {
        switch (SimdWidth.For<T>(channels))
        {
            case 512: Band<Simd512<T>>(item); break;
            case 256: Band<Simd256<T>>(item); break;
            case 128: Band<Simd128<T>>(item); break;
            default: Band<Simd1<T>>(item); break;
        }
    }

    private void Band<TVec>(int item)
        where TVec : struct, ISimd<TVec, T>
    {
        var own = rows;
        own.Begin();
        var end = Math.Min(totalRows, (nint)(item + 1) * bandRows);
        for (var row = (nint)item * bandRows; row < end; row++) Row<TVec>(ref own, row);
    }

    private readonly void Row<TVec>(ref TRows rows, nint row)
        where TVec : struct, ISimd<TVec, T>
    {
        var vertical = rowAxis.At((int)(row % rowAxis.Length));
        nint rowStep = 0;
        var source = vertical.Count == 0
            ? null
            : rows.Source((int)(row / rowAxis.Length), vertical.Source, vertical.Count, rowAxis.SourceStep, out rowStep);
        var target = rows.Target(row);
        var grid = new WindowGrid<T>
        {
            RowStep = rowStep,
            ColumnStep = (nint)columnAxis.SourceStep * channels,
            FilterRowStep = (nint)rowAxis.TapStep * kernelWidth * channels,
            FilterColumnStep = (nint)columnAxis.TapStep * channels,
            Advance = (nint)columnAxis.Advance * channels,
            TargetAdvance = (nint)columnAxis.Phases * channels,
        };
        for (var i = 0; i < runCount; i++)
        {
            var run = runs[i];
            grid.Rows = run.Taps.Count == 0 ? 0 : vertical.Count;
            grid.Columns = run.Taps.Count;
            grid.Windows = run.Cells;
            grid.Source = source + (nint)run.Taps.Source * channels;
            grid.Filter = filter + ((nint)vertical.First * kernelWidth + run.Taps.First) * channels;
            grid.Target = target + (nint)run.Target * channels;
            WindowReduction.Run<T, TVec, TOperation>(grid, channels);
        }
        rows.Finished(row);
    }
}
