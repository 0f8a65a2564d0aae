namespace Hero.Cpu.Kernels;

/// <summary>
/// Both gradients of a 3 x 3 depthwise convolution with stride 1 or 2 and multiplier 1, one input row at a time: the elements of dy that a row of dx is made
/// of are those that its row of x meets in the filter's gradient. Rows and columns outside dy are zeros. Parallel over chunks of input rows.
/// </summary>
internal unsafe struct DepthwiseGradients : IDepthwiseFilterChunk<float>
{
    /// <summary>The rows of dy that a row of x meets.</summary>
    private const int MetRows = 3;

    /// <summary>Input rows of a chunk: those of dy at its ends are made twice.</summary>
    private const int LeastRows = 14;

    /// <summary>Columns per visit to a vector of channels: few, so that memory is still read nearly in order, yet many to a load of the taps.</summary>
    private const int Block = 14;

    /// <summary>Elements of dx that are worth going on with the sums for: they are still in the second-level cache.</summary>
    private const int SummedElements = 8192;

    private const int SumSlot = WindowScratch.Target;

    private readonly ConvolutionGradients operands;
    private readonly int inHeight, inWidth, outHeight, outWidth, padTop, padLeft, stride, chunkRows;
    private readonly nint channels;
    private readonly float* zeros;

    private DepthwiseGradients(in Window2D w, in ConvolutionGradients operands, int chunkRows)
    {
        this.operands = operands;
        (inHeight, inWidth, outHeight, outWidth) = (w.InHeight, w.InWidth, w.OutHeight, w.OutWidth);
        (padTop, padLeft, stride, channels) = (w.PadTop, w.PadLeft, w.StrideWidth, w.InChannels);
        this.chunkRows = chunkRows;
        zeros = WindowScratch.Zeros<float>((inWidth + 2) * channels);
    }

    /// <summary>Whether a depthwise convolution is one of these.</summary>
    public static bool Takes(in Window2D w) =>
        w is { KernelHeight: 3, KernelWidth: 3, DilationHeight: 1, DilationWidth: 1, PadLeft: >= 0, Batch: > 0, InHeight: > 0, InWidth: > 0, OutHeight: > 0, OutWidth: > 0, InChannels: > 0 }
        && w.InChannels == w.OutChannels && w.StrideHeight == w.StrideWidth && (w is { StrideWidth: 1, PadLeft: <= 2 } or { StrideWidth: 2, PadLeft: <= 1 })
        && w.OutWidth <= (w.InWidth - 1 + w.PadLeft) / w.StrideWidth + 1;

    public static void Run(in Window2D w, in ConvolutionGradients operands)
    {
        var rows = (nint)w.Batch * w.InHeight;
        var chunkRows = Math.Max(LeastRows, DepthwiseFilterPass<float, DepthwiseGradients>.ChunkRows(w, rows, w.InWidth));
        var chunks = (rows + chunkRows - 1) / chunkRows;
        var own = operands;
        own.Sums.Prepare(SumSlot, chunks);
        DepthwiseFilterPass<float, DepthwiseGradients>.Run(w, rows, chunkRows, new DepthwiseGradients(w, own, chunkRows), operands.DFilter);
        own.Sums.Finish(chunks, rows * w.InWidth);
    }

    public readonly void Add<TVec>(nint row, nint end, float* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, float>
    {
        nint rowIn = inWidth * channels, rowOut = outWidth * channels, piece = row / chunkRows, summed = row;
        // The columns of dy that the columns of the input meet.
        int from = First(0), to = (inWidth - 1 + padLeft) / stride + 1;
        var x = SourceRows();
        var dy = new IntakeRows(operands.DyIntake, operands.Dy, -from * channels, rowOut, (to - outWidth) * channels, MetRows, WindowScratch.Gradient);
        var work = new DepthwiseGradientRow { Filter = operands.Filter, Sums = sums, TapLength = tapLength, Channels = channels };
        if (operands.Sums.Exist) operands.Sums.Begin(piece);
        for (; row < end; row++)
        {
            var image = row / inHeight;
            var y = (int)(row % inHeight) + padTop;
            // Rows of taps that meet no row of dy meet zeros.
            float* dy0 = Gradient(dy, image, y, 0), dy1 = Gradient(dy, image, y, 1), dy2 = Gradient(dy, image, y, 2);
            var source = Source(x, row);
            for (int first = 0, last; first < inWidth; first = last)
            {
                work.PadLeft = first == 0 && stride == 2 ? padLeft : 0;
                last = Math.Min(first + Block - work.PadLeft, inWidth);   // cells of two columns are not cut
                work.Columns = last - first;
                var offset = (First(first) - from) * channels;
                work.X = source + first * channels;
                work.Dx = operands.Dx + row * rowIn + first * channels;
                work.Dy0 = dy0 + offset;
                work.Dy1 = dy1 + offset;
                work.Dy2 = dy2 + offset;
                if (stride == 1) work.Dense<TVec>();
                else if (y % 2 == 0) work.Even<TVec>();
                else work.Odd<TVec>();
            }
            if (!operands.Sums.Exist || ((row + 1 - summed) * rowIn < SummedElements && row + 1 < end)) continue;
            operands.Sums.Take(piece, summed * inWidth, (row + 1 - summed) * inWidth);
            summed = row + 1;
        }
    }

    /// <summary>The filter's gradient alone.</summary>
    public readonly void AddMet<TVec>(nint row, nint end, float* sums, nint tapLength)
        where TVec : struct, ISimd<TVec, float>
    {
        var x = SourceRows();
        var dy = new IntakeRows(operands.DyIntake, operands.Dy, 0, outWidth * channels, 0, MetRows, WindowScratch.Gradient);
        for (; row < end; row++)
        {
            var source = Source(x, row);
            for (var tap = 0; tap < 3; tap++)
            {
                var gradient = Gradient(dy, row / inHeight, (int)(row % inHeight) + padTop, tap);
                if (gradient == zeros) continue;
                DepthwiseFilterSums.AddRow<float, TVec>(source, inWidth, gradient, outWidth, stride, padLeft, channels, sums + 3 * tap * tapLength, tapLength);
            }
        }
    }

    private readonly IntakeRows SourceRows() => new(operands.XIntake, inWidth * channels, 1);

    private readonly float* Source(in IntakeRows x, nint row) => operands.XIntake.Exists ? x.Row(row) : operands.X + row * inWidth * channels;

    /// <summary>The first column of dy that an input column meets.</summary>
    private readonly int First(int column) => stride == 1 ? column + padLeft - 2 : (column + padLeft) / 2 - 1;

    /// <summary>The row of dy that a row of the input, counted from the padding on, meets through a row of taps.</summary>
    private readonly float* Gradient(in IntakeRows dy, nint image, int y, int tap)
    {
        var row = (y - tap) / stride;
        return y < tap || (y - tap) % stride != 0 || row >= outHeight ? zeros : dy.Row(image * outHeight + row);
    }
}
