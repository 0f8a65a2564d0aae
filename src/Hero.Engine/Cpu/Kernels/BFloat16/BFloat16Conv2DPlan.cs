namespace Hero.Cpu.Kernels;

/// <summary>How a pass is cut into items: by shape only, never by the number of threads.</summary>
internal readonly struct BFloat16Conv2DPlan
{
    /// <summary>Multiply-adds worth an item of their own: a few microseconds of one core.</summary>
    private const double ItemWork = 2_000_000;

    private const int EnoughItems = 16;

    /// <summary>Bytes of input and output an item may work on: what stays in the second-level cache.</summary>
    private const double BlockBytes = 512 * 1024;

    /// <summary>Depth after which a panel of the filter no longer fits the first-level cache.</summary>
    private const int MostDepth = 640;

    /// <summary>The fewest output rows worth the margin of input around them.</summary>
    private const int FewRows = 2;

    public int ImageBlocks { get; private init; }

    public int RowBlocks { get; private init; }

    public int ChannelBlocks { get; private init; }

    /// <summary>Segments of the inner dimension that an item takes at a time.</summary>
    public int Segments { get; private init; }

    public int Items => ImageBlocks * RowBlocks * ChannelBlocks;

    public static unsafe BFloat16Conv2DPlan Of<T>(BFloat16Conv2DPass<T>* pass) where T : unmanaged
    {
        var wanted = (int)Math.Clamp(pass->Work / ItemWork, 1, EnoughItems);
        int outputRows = pass->Rows.Outputs, panels = GemmPlan.Up(pass->OutChannels, TileUnit.Columns);
        var rowBytes = (double)pass->Rows.OutputStep * pass->ViewWidth * pass->InChannels * sizeof(ushort)
            + (double)pass->Columns.Outputs * pass->OutChannels * sizeof(float);
        var imageBytes = outputRows * rowBytes;

        // Small pictures together, so that a panel of the filter read serves more of them; large ones in parts.
        var images = GemmPlan.Up(pass->Batch, (int)Math.Clamp(BlockBytes / imageBytes, 1, pass->Batch));
        if (images < wanted) images = Math.Min(wanted, pass->Batch);
        var rows = (int)Math.Clamp(Math.Ceiling(imageBytes / BlockBytes), 1, outputRows);
        if (images * rows < wanted) rows = Math.Clamp(GemmPlan.Up(wanted, images), rows, Math.Max(rows, outputRows / FewRows));
        var channels = images * rows < wanted ? Math.Min(panels, GemmPlan.Up(wanted, images * rows)) : 1;
        var groups = GemmPlan.Up(pass->Segments, Math.Max(1, MostDepth / pass->SegmentLength));
        return new BFloat16Conv2DPlan { ImageBlocks = images, RowBlocks = rows, ChannelBlocks = channels, Segments = GemmPlan.Up(pass->Segments, groups) };
    }
}
