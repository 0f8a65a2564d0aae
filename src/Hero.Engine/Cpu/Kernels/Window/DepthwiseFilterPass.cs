using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The filter gradient of a depthwise convolution: parallel over chunks of output rows, each with its own sums. The sums of a tap are
/// kept in whole vectors; where the last vector of a row overlaps the one before, both have places of their own.
/// </summary>
internal unsafe struct DepthwiseFilterPass<T, TRows> : IParallelBody
    where T : unmanaged, INumber<T>
    where TRows : struct, IWindowRows<T>
{
    private const int MaxChunks = 64;
    private const nint MaxPartialBytes = 16 << 20;

    private WindowAxis rowAxis, columnAxis;
    private TRows rows;
    private T* dy;
    private T* partials;
    private WindowRun* runs;
    private int runCount, channels, kernelWidth, width, chunkRows;
    private nint totalRows, tapLength, partialLength;

    public static void Run(in Window2D w, in TRows rows, T* dy, T* dfilter)
    {
        int taps = w.KernelHeight * w.KernelWidth, channels = w.OutChannels, lanes = SimdWidth.Count<T>(channels);
        var pass = new DepthwiseFilterPass<T, TRows>
        {
            rowAxis = WindowAxis.Rows(w, transposed: false),
            columnAxis = WindowAxis.Columns(w, transposed: false),
            rows = rows,
            dy = dy,
            channels = channels,
            kernelWidth = w.KernelWidth,
            width = w.OutWidth,
            totalRows = (nint)w.Batch * w.OutHeight,
            tapLength = ((nint)channels + lanes - 1) / lanes * lanes,
        };
        pass.partialLength = taps * pass.tapLength;
        if (pass.totalRows == 0 || pass.width == 0 || pass.partialLength == 0)
        {
            for (nint i = 0; i < (nint)taps * channels; i++) dfilter[i] = default;
            return;
        }

        pass.runs = (WindowRun*)Scratch.Get(WindowScratch.Runs, (nint)pass.width * sizeof(WindowRun));
        pass.runCount = pass.columnAxis.Runs(pass.runs);
        var mostChunks = Math.Clamp(MaxPartialBytes / (pass.partialLength * sizeof(T)), 1, MaxChunks);
        pass.chunkRows = (int)Math.Max(
            WindowScratch.BandRows(pass.totalRows, (nint)pass.width * channels), (pass.totalRows + mostChunks - 1) / mostChunks);
        var chunks = (int)((pass.totalRows + pass.chunkRows - 1) / pass.chunkRows);
        pass.partials = (T*)Scratch.Get(WindowScratch.Partials, chunks * pass.partialLength * sizeof(T));
        WorkerTeam.Default.For(chunks, ref pass);
        DepthwiseFilterTotal<T>.Run(pass.partials, chunks, taps, pass.tapLength, channels, dfilter);
    }

    public void Run(int item)
    {
        switch (SimdWidth.For<T>(channels))
        {
            case 512: Chunk<Simd512<T>>(item); break;
            case 256: Chunk<Simd256<T>>(item); break;
            case 128: Chunk<Simd128<T>>(item); break;
            default: Chunk<Simd1<T>>(item); break;
        }
    }

    private void Chunk<TVec>(int item)
        where TVec : struct, ISimd<TVec, T>
    {
        var sums = partials + item * partialLength;
        for (nint i = 0; i < partialLength; i += TVec.Count) TVec.Store(default, sums + i);
        var grid = new WindowGrid<T>
        {
            ColumnStep = (nint)columnAxis.SourceStep * channels,
            FilterRowStep = kernelWidth * tapLength,
            FilterColumnStep = tapLength,
            Advance = (nint)columnAxis.Advance * channels,
            TargetAdvance = channels,
        };
        var end = Math.Min(totalRows, (nint)(item + 1) * chunkRows);
        for (var row = (nint)item * chunkRows; row < end; row++)
        {
            var vertical = rowAxis.At((int)(row % rowAxis.Length));
            if (vertical.Count == 0) continue;
            var source = rows.Source((int)(row / rowAxis.Length), vertical.Source, vertical.Count, rowAxis.SourceStep, out grid.RowStep);
            for (var i = 0; i < runCount; i++)
            {
                var run = runs[i];
                grid.Rows = vertical.Count;
                grid.Columns = run.Taps.Count;
                grid.Windows = run.Cells;
                grid.Source = source + (nint)run.Taps.Source * channels;
                grid.Filter = sums + ((nint)vertical.First * kernelWidth + run.Taps.First) * tapLength;
                grid.Target = dy + (row * width + run.Target) * channels;
                DepthwiseFilterSums.Add<T, TVec>(grid, channels);
            }
        }
    }
}
