using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The filter gradient of a 3 x 3 depthwise convolution with stride 1 and multiplier 1, two output rows at a time. Rows outside the input
/// and the missing second row of a pair are read from a row of zeros.
/// </summary>
internal unsafe struct DepthwiseFilterPairs<T> : IDepthwiseFilterChunk<T>
    where T : unmanaged, INumber<T>
{
    private readonly DepthwiseFilterSlide<T> slide;
    private readonly BorderedRows<T> x;
    private readonly T* dy;
    private readonly T* zeros;
    private readonly int outHeight, padTop;
    private readonly nint outRow;

    public DepthwiseFilterPairs(in Window2D w, T* x, T* dy, in Intake intake)
    {
        slide = new DepthwiseFilterSlide<T> { Channels = w.InChannels, Columns = w.InWidth, Windows = w.OutWidth, PadLeft = w.PadLeft };
        (outHeight, padTop, outRow) = (w.OutHeight, w.PadTop, (nint)w.OutWidth * w.InChannels);
        var inRow = (nint)w.InWidth * w.InChannels;
        zeros = WindowScratch.Zeros<T>(Math.Max(inRow, outRow));
        this.x = new BorderedRows<T>(x, intake, w.InHeight, inRow, zeros);
        this.dy = dy;
    }

    public void Add<TVec>(nint row, nint end, T* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, T>
    {
        var work = slide;
        work.Sums = sums;
        work.TapLength = tapLength;
        var source = x;
        source.Begin(DepthwiseSlidePass<T, NoEpilogue>.SourceRows);
        for (nint rows; row < end; row += rows)
        {
            var image = row / outHeight;
            int outY = (int)(row % outHeight), inY = outY - padTop;
            rows = row + 1 == end || outY + 1 == outHeight ? 1 : 2;
            work.Source0 = source.Row(image, inY);
            work.Source1 = source.Row(image, inY + 1);
            work.Source2 = source.Row(image, inY + 2);
            work.Source3 = source.Row(image, inY + 3);
            work.Gradient0 = dy + row * outRow;
            work.Gradient1 = rows == 1 ? zeros : work.Gradient0 + outRow;
            work.Run<TVec>();
        }
    }

    public readonly void AddMet<TVec>(nint row, nint end, T* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, T>
    {
        var source = x;
        source.Begin(DepthwiseSlidePass<T, NoEpilogue>.SourceRows);
        for (; row < end; row++)
        {
            for (var tap = 0; tap < 3; tap++)
            {
                var inY = (int)(row % outHeight) - padTop + tap;
                if (!source.IsInside(inY)) continue;
                DepthwiseFilterSums.AddRow<T, TVec>(source.Row(row / outHeight, inY), slide.Columns, dy + row * outRow, slide.Windows, 1, slide.PadLeft, slide.Channels, sums + 3 * tap * tapLength, tapLength);
            }
        }
    }
}
