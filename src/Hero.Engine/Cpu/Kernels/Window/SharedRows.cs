using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The gradient of average pooling: a window's dy is divided by the number of its cells as rows are read.</summary>
internal unsafe struct SharedRows<T> : IWindowRows<T>
    where T : unmanaged, INumber<T>
{
    private readonly WindowAxis rowAxis;
    private readonly T* dy;
    private readonly T* dx;
    private readonly WindowRun* runs;
    private readonly int runCount, channels;
    private readonly nint sourceRow, targetRow;

    public SharedRows(in Window2D w, T* dy, T* dx)
    {
        (sourceRow, targetRow, channels) = ((nint)w.OutWidth * w.InChannels, (nint)w.InWidth * w.InChannels, w.InChannels);
        rowAxis = WindowAxis.Rows(w, transposed: false);
        this.dy = dy;
        this.dx = dx;
        runs = (WindowRun*)Scratch.Get(WindowScratch.Partials, (nint)w.OutWidth * sizeof(WindowRun));
        runCount = WindowAxis.Columns(w, transposed: false).Runs(runs);
    }

    public readonly void Begin() { }

    public readonly T* Source(int image, int row, int count, int distance, out nint step)
    {
        step = sourceRow;
        var shares = (T*)Scratch.Get(WindowScratch.Source, step * count * sizeof(T));
        for (var i = 0; i < count; i++)
        {
            var outRow = row + i * distance;
            var source = dy + ((nint)image * rowAxis.Length + outRow) * step;
            var cellsDown = rowAxis.At(outRow).Count;
            for (var r = 0; r < runCount; r++)
            {
                var offset = (nint)runs[r].Target * channels;
                var share = 1.0 / Math.Max(cellsDown * runs[r].Taps.Count, 1);
                RowLoops.Scale(source + offset, (nint)runs[r].Cells * channels, share, shares + i * step + offset);
            }
        }
        return shares;
    }

    public readonly T* Target(nint row) => dx + row * targetRow;

    public readonly void Finished(nint row) { }
}
