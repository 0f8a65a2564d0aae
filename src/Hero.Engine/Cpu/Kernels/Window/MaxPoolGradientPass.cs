using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of max pooling: parallel over bands of input rows. An item visits every window that reaches into its band, in order, and
/// writes only inside the band, so windows may overlap and a band's sums do not depend on where the bands are cut.
/// </summary>
internal unsafe struct MaxPoolGradientPass<T> : IParallelBody
    where T : unmanaged, INumber<T>
{
    private Window2D w;
    private WindowAxis rowAxis, columnAxis;
    private T* x;
    private T* y;
    private T* dy;
    private T* dx;
    private WindowRun* runs;
    private int runCount, bandRows, bandsPerImage;

    public static void Run(in Window2D w, T* x, T* y, T* dy, T* dx)
    {
        var pass = new MaxPoolGradientPass<T>
        {
            w = w,
            rowAxis = WindowAxis.Rows(w, transposed: false),
            columnAxis = WindowAxis.Columns(w, transposed: false),
            x = x, y = y, dy = dy, dx = dx,
        };
        var rowLength = (nint)w.InWidth * w.InChannels;
        if ((nint)w.Batch * w.InHeight * rowLength == 0) return;
        pass.runs = (WindowRun*)Scratch.Get(WindowScratch.Runs, Math.Max(w.OutWidth, 1) * sizeof(WindowRun));
        pass.runCount = pass.columnAxis.Runs(pass.runs);

        // Bands that begin where windows begin share no window, unless the windows overlap.
        var rows = Math.Min(WindowScratch.BandRows((nint)w.Batch * w.InHeight, rowLength), w.InHeight);
        pass.bandRows = (rows + w.StrideHeight - 1) / w.StrideHeight * w.StrideHeight;
        pass.bandsPerImage = (w.InHeight + pass.bandRows - 1) / pass.bandRows;
        WorkerTeam.Default.For(w.Batch * pass.bandsPerImage, ref pass);
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
        int image = item / bandsPerImage, begin = item % bandsPerImage * bandRows, end = Math.Min(begin + bandRows, w.InHeight);
        nint rowLength = (nint)w.InWidth * w.InChannels, outRowLength = (nint)w.OutWidth * w.InChannels;
        var imageX = x + image * w.InHeight * rowLength;
        var imageDx = dx + image * w.InHeight * rowLength;
        new Span<T>(imageDx + begin * rowLength, checked((int)((end - begin) * rowLength))).Clear();
        var grid = new MaxPoolGrid<T>
        {
            RowStep = rowAxis.SourceStep * rowLength,
            ColumnStep = (nint)columnAxis.SourceStep * w.InChannels,
            Advance = (nint)columnAxis.Advance * w.InChannels,
        };
        for (var row = 0; row < w.OutHeight; row++)
        {
            var vertical = rowAxis.At(row);
            if (vertical.Count == 0 || vertical.Source + (vertical.Count - 1) * rowAxis.SourceStep < begin) continue;
            if (vertical.Source >= end) break;
            grid.SkippedRows = vertical.Source >= begin ? 0 : (begin - vertical.Source + rowAxis.SourceStep - 1) / rowAxis.SourceStep;
            grid.Rows = Math.Min(vertical.Count, (end - vertical.Source + rowAxis.SourceStep - 1) / rowAxis.SourceStep);
            for (var i = 0; i < runCount; i++)
            {
                var run = runs[i];
                var offset = vertical.Source * rowLength + (nint)run.Taps.Source * w.InChannels;
                var outOffset = ((nint)image * w.OutHeight + row) * outRowLength + (nint)run.Target * w.InChannels;
                grid.Columns = run.Taps.Count;
                grid.Windows = run.Cells;
                grid.X = imageX + offset;
                grid.Dx = imageDx + offset;
                grid.Y = y + outOffset;
                grid.Dy = dy + outOffset;
                MaxPoolLoops.Scatter<T, TVec>(grid, w.InChannels);
            }
        }
    }
}
