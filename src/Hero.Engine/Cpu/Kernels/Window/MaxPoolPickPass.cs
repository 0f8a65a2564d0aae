using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The gradient of the gradient of max pooling: parallel over bands of output rows, which are independent.</summary>
internal unsafe struct MaxPoolPickPass<T> : IParallelBody
    where T : unmanaged, INumber<T>
{
    private Window2D w;
    private WindowAxis rowAxis, columnAxis;
    private T* x;
    private T* y;
    private T* ddx;
    private T* ddy;
    private WindowRun* runs;
    private int runCount, bandRows;
    private nint totalRows;

    public static void Run(in Window2D w, T* x, T* y, T* ddx, T* ddy)
    {
        var pass = new MaxPoolPickPass<T>
        {
            w = w,
            rowAxis = WindowAxis.Rows(w, transposed: false),
            columnAxis = WindowAxis.Columns(w, transposed: false),
            x = x, y = y, ddx = ddx, ddy = ddy,
            totalRows = (nint)w.Batch * w.OutHeight,
        };
        if (pass.totalRows * w.OutWidth * w.InChannels == 0) return;
        pass.runs = (WindowRun*)Scratch.Get(WindowScratch.Runs, (nint)w.OutWidth * sizeof(WindowRun));
        pass.runCount = pass.columnAxis.Runs(pass.runs);
        pass.bandRows = WindowScratch.BandRows(pass.totalRows, (nint)w.OutWidth * w.InChannels);
        WorkerTeam.Default.For((int)((pass.totalRows + pass.bandRows - 1) / pass.bandRows), ref pass);
    }

    public void Run(int item)
    {
        switch (SimdWidth.For<T>(w.InChannels))
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
        nint rowLength = (nint)w.InWidth * w.InChannels, outRowLength = (nint)w.OutWidth * w.InChannels;
        var grid = new MaxPoolGrid<T>
        {
            RowStep = rowAxis.SourceStep * rowLength,
            ColumnStep = (nint)columnAxis.SourceStep * w.InChannels,
            Advance = (nint)columnAxis.Advance * w.InChannels,
        };
        var end = Math.Min(totalRows, (nint)(item + 1) * bandRows);
        for (var row = (nint)item * bandRows; row < end; row++)
        {
            var vertical = rowAxis.At((int)(row % w.OutHeight));
            grid.Rows = vertical.Count;
            for (var i = 0; i < runCount; i++)
            {
                var run = runs[i];
                var offset = (row / w.OutHeight * w.InHeight + vertical.Source) * rowLength + (nint)run.Taps.Source * w.InChannels;
                var outOffset = row * outRowLength + (nint)run.Target * w.InChannels;
                grid.Columns = run.Taps.Count;
                grid.Windows = run.Cells;
                grid.X = x + offset;
                grid.Dx = ddx + offset;
                grid.Y = y + outOffset;
                grid.Dy = ddy + outOffset;
                MaxPoolLoops.Pick<T, TVec>(grid, w.InChannels);
            }
        }
    }
}
