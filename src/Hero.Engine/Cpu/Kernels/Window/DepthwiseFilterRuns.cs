using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The filter gradient of any depthwise convolution, one output row after the other, run by run.</summary>
internal unsafe struct DepthwiseFilterRuns<T, TRows> : IDepthwiseFilterChunk<T>
    where T : unmanaged, INumber<T>
    where TRows : struct, IWindowRows<T>
{
    private readonly WindowAxis rowAxis, columnAxis;
    private readonly T* dy;
    private readonly WindowRun* runs;
    private readonly int runCount, channels, kernelWidth;
    private readonly TRows rows;

    public DepthwiseFilterRuns(in Window2D w, in TRows rows, T* dy)
    {
        (rowAxis, columnAxis) = (WindowAxis.Rows(w, transposed: false), WindowAxis.Columns(w, transposed: false));
        (channels, kernelWidth) = (w.OutChannels, w.KernelWidth);
        this.rows = rows;
        this.dy = dy;
        runs = (WindowRun*)Scratch.Get(WindowScratch.Runs, Math.Max(w.OutWidth, 1) * sizeof(WindowRun));
        runCount = columnAxis.Runs(runs);
    }

    // Runs have only taps inside the pictures.
    public void AddMet<TVec>(nint row, nint end, T* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, T>
        => Add<TVec>(row, end, sums, tapLength);

    public void Add<TVec>(nint row, nint end, T* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, T>
    {
        var grid = new WindowGrid<T>
        {
            ColumnStep = (nint)columnAxis.SourceStep * channels,
            FilterRowStep = kernelWidth * tapLength,
            FilterColumnStep = tapLength,
            Advance = (nint)columnAxis.Advance * channels,
            TargetAdvance = channels,
        };
        var own = rows;
        own.Begin();
        for (; row < end; row++)
        {
            var vertical = rowAxis.At((int)(row % rowAxis.Length));
            if (vertical.Count == 0) continue;
            var source = own.Source((int)(row / rowAxis.Length), vertical.Source, vertical.Count, rowAxis.SourceStep, out grid.RowStep);
            for (var i = 0; i < runCount; i++)
            {
                var run = runs[i];
                grid.Rows = vertical.Count;
                grid.Columns = run.Taps.Count;
                grid.Windows = run.Cells;
                grid.Source = source + (nint)run.Taps.Source * channels;
                grid.Filter = sums + ((nint)vertical.First * kernelWidth + run.Taps.First) * tapLength;
                grid.Target = dy + (row * columnAxis.Length + run.Target) * channels;
                DepthwiseFilterSums.Add<T, TVec>(grid, channels);
            }
        }
    }
}
