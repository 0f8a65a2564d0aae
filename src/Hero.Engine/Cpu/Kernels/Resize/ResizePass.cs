using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A separable resize or its transpose: parallel over bands of target rows; each row is mixed vertically, then horizontally.
/// </summary>
internal unsafe struct ResizePass<T> : IParallelBody
    where T : unmanaged, INumber<T>
{
    private ResizeAxis<T> rowAxis, columnAxis;
    private T* source;
    private T* target;
    private nint sourceRow, targetRow, totalRows;
    private int sourceHeight, channels, bandRows;

    public static void Run(in ResizeShape shape, ResizeSampling sampling, bool transposed, T* source, T* target)
    {
        var (batch, inHeight, inWidth, channels, outHeight, outWidth) = shape;
        if (inHeight < 1 || inWidth < 1 || outHeight < 1 || outWidth < 1)
        {
            throw new ArgumentException(
                $"A resize expects pictures of at least 1 x 1, got {inHeight} x {inWidth} to {outHeight} x {outWidth}.", nameof(shape));
        }
        if ((nint)batch * channels == 0) return;
        var pass = new ResizePass<T> { source = source, target = target, channels = channels };
        if (transposed)
        {
            pass.rowAxis = ResizeAxis<T>.Transposed(sampling, inHeight, outHeight, WindowScratch.Runs);
            pass.columnAxis = ResizeAxis<T>.Transposed(sampling, inWidth, outWidth, WindowScratch.Partials);
            (pass.sourceHeight, pass.sourceRow, pass.targetRow) = (outHeight, (nint)outWidth * channels, (nint)inWidth * channels);
        }
        else
        {
            pass.rowAxis = ResizeAxis<T>.Forward(sampling, inHeight, outHeight, WindowScratch.Runs);
            pass.columnAxis = ResizeAxis<T>.Forward(sampling, inWidth, outWidth, WindowScratch.Partials);
            (pass.sourceHeight, pass.sourceRow, pass.targetRow) = (inHeight, (nint)inWidth * channels, (nint)outWidth * channels);
        }
        pass.totalRows = (nint)batch * pass.rowAxis.Length;
        pass.bandRows = WindowScratch.BandRows(pass.totalRows, Math.Max(pass.sourceRow, pass.targetRow));
        WorkerTeam.Default.For((int)((pass.totalRows + pass.bandRows - 1) / pass.bandRows), ref pass);
    }

    public void Run(int item)
    {
        // Vectors may be wider than a pixel, but not without use.
        switch (SimdWidth.For<T>(Math.Max(channels, Vector128<T>.Count)))
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
        // One vector more than the row: what is read there is never kept.
        var mixed = (T*)Scratch.Get(WindowScratch.Source, (sourceRow + TVec.Count) * sizeof(T));
        TVec.Store(default, mixed + sourceRow);
        var end = Math.Min(totalRows, (nint)(item + 1) * bandRows);
        for (var row = (nint)item * bandRows; row < end; row++)
        {
            var cell = row % rowAxis.Length;
            var to = target + row * targetRow;
            if (rowAxis.Count[cell] == 0)
            {
                for (nint i = 0; i < targetRow; i++) to[i] = default;
                continue;
            }
            var from = source + (row / rowAxis.Length * sourceHeight + rowAxis.Start[cell]) * sourceRow;
            RowLoops.WeightedSum(from, sourceRow, rowAxis.Count[cell], rowAxis.Weights + cell * rowAxis.Stride, sourceRow, mixed);
            Columns<TVec>(mixed, to);
        }
    }

    /// <summary>
    /// Pixel by pixel from left to right in whole vectors: what a vector writes beyond its pixel is overwritten by the next. At the end
    /// of the row, where nothing follows, channels are written one by one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Columns<TVec>(T* row, T* result)
        where TVec : struct, ISimd<TVec, T>
    {
        for (nint cell = 0; cell < columnAxis.Length; cell++)
        {
            var weights = columnAxis.Weights + cell * columnAxis.Stride;
            var taps = columnAxis.Count[cell];
            var from = row + (nint)columnAxis.Start[cell] * channels;
            var to = cell * channels;
            nint channel = 0;
            for (; channel < channels && to + channel + TVec.Count <= targetRow; channel += TVec.Count)
            {
                TVec sum = default;
                if (taps > 0) sum = TVec.Load(from + channel) * TVec.All(weights[0]);
                for (nint k = 1; k < taps; k++)
                {
                    sum = TVec.MultiplyAdd(TVec.Load(from + k * channels + channel), TVec.All(weights[k]), sum);
                }
                TVec.Store(sum, result + to + channel);
            }
            for (; channel < channels; channel++)
            {
                var sum = taps > 0 ? from[channel] * weights[0] : T.Zero;
                for (nint k = 1; k < taps; k++) sum += from[k * channels + channel] * weights[k];
                result[to + channel] = sum;
            }
        }
    }
}
