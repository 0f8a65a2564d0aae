using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The filter gradient of a 3 x 3 depthwise convolution with stride 1 and multiplier 1, two output rows at a time. Rows outside the input
/// and the missing second row of a pair are read from a row of zeros.
/// </summary>
internal unsafe struct DepthwiseFilterPairs<T> : IDepthwiseFilterChunk<T>
    where T : unmanaged, INumber<T>
{
    private readonly DepthwiseFilterSlide<T> slide;
    private readonly T* x;
    private readonly T* dy;
    private readonly T* zeros;
    private readonly int inHeight, outHeight, padTop;
    private readonly nint inRow, outRow;
    private readonly Intake intake;

    public DepthwiseFilterPairs(in Window2D w, T* x, T* dy, in Intake intake)
    {
        this.intake = intake;
        slide = new DepthwiseFilterSlide<T> { Channels = w.InChannels, Columns = w.InWidth, Windows = w.OutWidth, PadLeft = w.PadLeft };
        (inHeight, outHeight, padTop) = (w.InHeight, w.OutHeight, w.PadTop);
        (inRow, outRow) = ((nint)w.InWidth * w.InChannels, (nint)w.OutWidth * w.InChannels);
        this.x = x;
        this.dy = dy;
        zeros = WindowScratch.Zeros<T>(Math.Max(inRow, outRow));
    }

    public void Add<TVec>(nint row, nint end, T* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, T>
    {
        var work = slide;
        work.Sums = sums;
        work.TapLength = tapLength;
        var made = intake.Exists ? new IntakeRows(intake, inRow, DepthwiseSlidePass<T, NoEpilogue>.SourceRows) : default;
        while (row < end)
        {
            var image = row / outHeight;
            int outY = (int)(row % outHeight), inY = outY - padTop;
            var single = row + 1 == end || outY + 1 == outHeight;
            work.Source0 = Row(made, image, inY);
            work.Source1 = Row(made, image, inY + 1);
            work.Source2 = Row(made, image, inY + 2);
            work.Source3 = Row(made, image, inY + 3);
            work.Gradient0 = dy + row * outRow;
            work.Gradient1 = single ? zeros : work.Gradient0 + outRow;
            work.Run<TVec>();
            row += single ? 1 : 2;
        }
    }

    private readonly T* Row(in IntakeRows made, nint image, int y)
    {
        if (y < 0 || y >= inHeight) return zeros;
        return intake.Exists ? (T*)made.Row(image * inHeight + y) : x + (image * inHeight + y) * inRow;
    }
}
