using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// 3 x 3 depthwise convolution with stride 1 and multiplier 1, forward or its input gradient: parallel over bands of pairs of target rows.
/// Rows above and below the source are read from a row of zeros; the second row of a pair that has none goes to a row nobody reads.
/// </summary>
internal unsafe struct DepthwiseSlidePass<T, TEpilogue> : IParallelBody
    where T : unmanaged, INumber<T>
    where TEpilogue : struct, IEpilogue
{
    /// <summary>The rows of the source that a pair of target rows meets.</summary>
    public const int SourceRows = 4;

    private DepthwiseSlide<T> slide;
    private TEpilogue epilogue;
    private BorderedRows<T> source;
    private T* target;
    private int targetHeight, padTop, pairsPerImage, bandPairs;
    private nint targetRow, totalPairs;

    /// <summary>Source and target are x and y, or dy and dx when <paramref name="transposed"/>.</summary>
    public static void Run(in Window2D w, bool transposed, T* filter, T* source, T* target, TEpilogue epilogue, in Intake intake = default)
    {
        // The transpose of a convolution is one with the filter turned round and what is missing to three columns as padding.
        int channels = w.InChannels, padRight = w.OutWidth + 2 - w.InWidth - w.PadLeft;
        var pass = new DepthwiseSlidePass<T, TEpilogue>
        {
            slide = new DepthwiseSlide<T>
            {
                Channels = channels,
                TargetStep = channels,
                Filter = transposed ? filter + 8 * channels : filter,
                FilterRowStep = (transposed ? -3 : 3) * channels,
                FilterColumnStep = transposed ? -channels : channels,
                Columns = transposed ? w.OutWidth : w.InWidth,
                PadLeft = transposed ? 2 - w.PadLeft : w.PadLeft,
                PadRight = transposed ? 2 - padRight : padRight,
            },
            epilogue = epilogue,
            target = target,
            padTop = transposed ? 2 - w.PadTop : w.PadTop,
            targetHeight = transposed ? w.InHeight : w.OutHeight,
            targetRow = (nint)(transposed ? w.InWidth : w.OutWidth) * channels,
        };
        pass.pairsPerImage = (pass.targetHeight + 1) / 2;
        pass.totalPairs = (nint)w.Batch * pass.pairsPerImage;
        if (pass.totalPairs == 0 || channels == 0) return;
        var sourceRow = (nint)(transposed ? w.OutWidth : w.InWidth) * channels;
        pass.source = new BorderedRows<T>(source, intake, transposed ? w.OutHeight : w.InHeight, sourceRow, WindowScratch.Zeros<T>(sourceRow));
        pass.bandPairs = WindowScratch.BandRows(pass.totalPairs, 2 * pass.targetRow);
        WorkerTeam.Default.For((int)((pass.totalPairs + pass.bandPairs - 1) / pass.bandPairs), ref pass);
    }

    public void Run(int item)
    {
        var end = Math.Min(totalPairs, (nint)(item + 1) * bandPairs);
        var rows = source;
        rows.Begin(SourceRows);
        for (var pair = (nint)item * bandPairs; pair < end; pair++)
        {
            var (image, row) = (pair / pairsPerImage, (int)(pair % pairsPerImage) * 2);
            var single = row + 1 == targetHeight;
            var work = slide;
            work.Source0 = rows.Row(image, row - padTop);
            work.Source1 = rows.Row(image, row - padTop + 1);
            work.Source2 = rows.Row(image, row - padTop + 2);
            work.Source3 = rows.Row(image, row - padTop + 3);
            var start = (image * targetHeight + row) * targetRow;
            work.Target0 = target + start;
            work.Target1 = single ? (T*)Scratch.Get(WindowScratch.Target, targetRow * sizeof(T)) : work.Target0 + targetRow;
            switch (SimdWidth.For<T>(slide.Channels))
            {
                case 512: work.Run<Simd512<T>>(); break;
                case 256: work.Run<Simd256<T>>(); break;
                case 128: work.Run<Simd128<T>>(); break;
                default: work.Run<Simd1<T>>(); break;
            }
            epilogue.Apply(start, single ? targetRow : 2 * targetRow);
        }
    }
}
