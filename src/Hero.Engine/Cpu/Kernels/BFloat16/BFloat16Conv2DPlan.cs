namespace Hero.Cpu.Kernels;

/// <summary>How a pass is cut into items: by shape only, never by the number of threads.</summary>
internal readonly struct BFloat16Conv2DPlan
{
    /// <summary>Multiply-adds worth an item of their own: a few microseconds of one core.</summary>
    private const double ItemWork = 2_000_000;

    private const int EnoughItems = 16;

    /// <summary>Bytes of input and output an item may work on: what stays in the second-level cache.</summary>
    private const double BlockBytes = 512 * 1024;

    /// <summary>Bytes of the filter's panels that an item goes over again and again: they leave room in the second-level cache.</summary>
    private const int FilterBytes = 1280 * 1024;

    /// <summary>Bytes of the sums of a stripe: a small part of the second-level cache.</summary>
    private const int StripeBytes = 128 * 1024;

    /// <summary>The fewest output rows worth the margin of input around them.</summary>
    private const int FewRows = 2;

    public int ImageBlocks { get; private init; }

    public int RowBlocks { get; private init; }

    public int ChannelBlocks { get; private init; }

    /// <summary>Pictures and rows of output pixels whose sums are formed together.</summary>
    public int StripeImages { get; private init; }

    public int StripeRows { get; private init; }

    /// <summary>
    /// Whether tiles go on from one row of output pixels to the next, over what lies between them in the view: more pixels, but fewer tiles.
    /// Otherwise each row is cut into tiles by itself.
    /// </summary>
    public bool IsGrid { get; private init; }

    /// <summary>Pixels from one row of sums to the next.</summary>
    public int GridWidth { get; private init; }

    public int Items => ImageBlocks * RowBlocks * ChannelBlocks;

    public static unsafe BFloat16Conv2DPlan Of<T>(BFloat16Conv2DPass<T>* pass) where T : unmanaged
    {
        var wanted = (int)Math.Clamp(pass->Work / ItemWork, 1, EnoughItems);
        int outputRows = pass->Rows.Outputs, width = pass->Columns.Outputs, viewWidth = pass->Depth > 0 ? pass->ViewWidth : 0;
        var panels = GemmPlan.Up(pass->OutChannels, TileUnit.Columns);
        var channels = GemmPlan.Up(panels, Math.Max(1, FilterBytes / (TileUnit.Columns * sizeof(ushort)) / Math.Max(1, pass->Depth)));
        var rowBytes = (double)pass->Rows.OutputStep * viewWidth * pass->InChannels * sizeof(ushort) + (double)width * pass->OutChannels / channels * sizeof(float);
        var imageBytes = outputRows * rowBytes;

        // Small pictures together, so that a panel of the filter read serves more of them; large ones in parts.
        var images = GemmPlan.Up(pass->Batch, (int)Math.Clamp(BlockBytes / imageBytes, 1, pass->Batch));
        if (images * channels < wanted) images = Math.Min(GemmPlan.Up(wanted, channels), pass->Batch);
        var rows = (int)Math.Clamp(Math.Ceiling(imageBytes / BlockBytes), 1, outputRows);
        if (images * channels * rows < wanted) rows = Math.Clamp(GemmPlan.Up(wanted, images * channels), rows, Math.Max(rows, outputRows / FewRows));
        if (images * channels * rows < wanted) channels = Math.Min(panels, GemmPlan.Up(wanted, images * rows));

        int blockRows = GemmPlan.Up(outputRows, rows), blockImages = GemmPlan.Up(pass->Batch, images);
        var isGrid = pass->Depth > 0 && pass->Rows.OutputStep == 1 && pass->Columns.OutputStep == 1
            && GemmPlan.Up((blockRows - 1) * viewWidth + width, TileUnit.Rows) < blockRows * GemmPlan.Up(width, TileUnit.Rows);
        var gridWidth = isGrid ? viewWidth : width;
        var stripe = Math.Max(1, StripeBytes / ((long)gridWidth * Math.Min(pass->OutChannels, GemmPlan.Up(panels, channels) * TileUnit.Columns) * sizeof(float)));
        var stripes = GemmPlan.Up(blockRows, (int)Math.Min(stripe, blockRows));
        return new BFloat16Conv2DPlan
        {
            ImageBlocks = images, RowBlocks = rows, ChannelBlocks = channels,
            IsGrid = isGrid, GridWidth = gridWidth, StripeRows = GemmPlan.Up(blockRows, stripes), StripeImages = (int)Math.Clamp(stripe / blockRows, 1, blockImages),
        };
    }
}
