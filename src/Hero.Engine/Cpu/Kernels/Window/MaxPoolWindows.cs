using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The windows of a max pooling, and the <see cref="MaxPoolGrid{T}"/> of each run of them: what finding the maxima again needs to know. The runs are the
/// calling thread's scratch.
/// </summary>
internal readonly unsafe struct MaxPoolWindows<T>
    where T : unmanaged, INumber<T>
{
    private readonly WindowAxis columnAxis;
    private readonly WindowRun* runs;
    private readonly int inHeight, outHeight, channels;
    private readonly nint inRow, outRow;

    public MaxPoolWindows(in Window2D w)
    {
        (inHeight, outHeight, channels) = (w.InHeight, w.OutHeight, w.InChannels);
        (inRow, outRow) = ((nint)w.InWidth * w.InChannels, (nint)w.OutWidth * w.InChannels);
        Rows = WindowAxis.Rows(w, transposed: false);
        columnAxis = WindowAxis.Columns(w, transposed: false);
        runs = (WindowRun*)Scratch.Get(WindowScratch.Runs, Math.Max(w.OutWidth, 1) * sizeof(WindowRun));
        Runs = columnAxis.Runs(runs);
    }

    /// <summary>The windows' places along the height.</summary>
    public WindowAxis Rows { get; }

    /// <summary>How many runs of windows with the same columns of taps each row has.</summary>
    public int Runs { get; }

    /// <summary>A grid with the steps from tap to tap and from window to window.</summary>
    public MaxPoolGrid<T> Grid() => new() { RowStep = Rows.SourceStep * inRow, ColumnStep = (nint)columnAxis.SourceStep * channels, Advance = (nint)columnAxis.Advance * channels };

    /// <summary>Points a grid to a run of windows.</summary>
    /// <param name="grid">One from <see cref="Grid"/>; how many rows of taps it has is for others to say.</param>
    /// <param name="index">The number of the run.</param>
    /// <param name="image">The picture.</param>
    /// <param name="row">The row of windows.</param>
    /// <param name="top">The row of the picture in which the windows' first taps lie.</param>
    /// <param name="x">What was pooled.</param>
    /// <param name="dx">What lies where that does.</param>
    /// <param name="y">The maxima.</param>
    /// <param name="dy">What lies where they do.</param>
    public void Place(ref MaxPoolGrid<T> grid, int index, int image, int row, int top, T* x, T* dx, T* y, T* dy)
    {
        var run = runs[index];
        var offset = ((nint)image * inHeight + top) * inRow + (nint)run.Taps.Source * channels;
        var outOffset = ((nint)image * outHeight + row) * outRow + (nint)run.Target * channels;
        (grid.Columns, grid.Windows) = (run.Taps.Count, run.Cells);
        grid.X = x + offset;
        grid.Dx = dx + offset;
        grid.Y = y + outOffset;
        grid.Dy = dy + outOffset;
    }
}
