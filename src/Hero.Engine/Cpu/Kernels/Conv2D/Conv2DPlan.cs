namespace Hero.Cpu.Kernels;

/// <summary>How a pass is cut into items: by shape and instruction set only, never by the number of threads.</summary>
internal readonly struct Conv2DPlan
{
    /// <summary>Multiply-adds worth an item of their own: some ten microseconds of one core.</summary>
    private const double ItemWork = 500_000;

    private const int WantedItems = 64;
    private const int EnoughItems = 16;

    /// <summary>Bytes of input and output rows an item may work on: what stays in the second-level cache.</summary>
    private const double BlockBytes = 768 * 1024;

    /// <summary>Bytes of packed filter an item may go through for every image: they stay in the second-level cache, too.</summary>
    private const double FilterBytes = 1024 * 1024;

    private Conv2DPlan(int imageBlocks, int rowBlocks, int channelBlocks, int viewWidth)
    {
        ImageBlocks = imageBlocks;
        RowBlocks = rowBlocks;
        ChannelBlocks = channelBlocks;
        ViewWidth = viewWidth;
    }

    public int ImageBlocks { get; }

    public int RowBlocks { get; }

    public int ChannelBlocks { get; }

    /// <summary>Pixels in a row of the input as tiles see it: the image's, or the padded copy's.</summary>
    public int ViewWidth { get; }

    public int Items => ImageBlocks * RowBlocks * ChannelBlocks;

    public static unsafe Conv2DPlan Of<T>(Conv2DPass<T>* pass, int panelWidth) where T : unmanaged
    {
        var viewWidth = pass->Padded ? pass->Columns.Reach(pass->Columns.Outputs) : pass->Columns.Inputs;
        var outputRows = pass->Rows.Outputs;
        var work = pass->Work;
        var wanted = (int)Math.Clamp(work / ItemWork, 1, WantedItems);

        // Whole images, several to an item when they are small; rows are cut for the cache's sake, or when images are too few.
        var images = (int)Math.Clamp(work / ItemWork, 1, pass->Batch);
        var rowBytes = ((double)pass->Rows.OutputStep * viewWidth * pass->InChannels
            + (double)pass->Columns.Outputs * pass->GroupOut * pass->Groups) * sizeof(T);
        var rows = (int)Math.Clamp(Math.Ceiling(outputRows * rowBytes / BlockBytes), 1, outputRows);
        if (images * rows < wanted) rows = Math.Clamp(GemmPlan.Up(wanted, images), rows, outputRows);
        var channels = 1;
        if (pass->Groups == 1)
        {
            var panels = GemmPlan.Up(pass->GroupOut, panelWidth);
            channels = (int)Math.Clamp(Math.Ceiling((double)pass->Depth * pass->GroupOut * sizeof(T) / FilterBytes), 1, panels);
            if (images * rows * channels < Math.Min(wanted, EnoughItems))
            {
                channels = Math.Min(panels, GemmPlan.Up(Math.Min(wanted, EnoughItems), images * rows));
            }
        }
        return new Conv2DPlan(images, rows, channels, viewWidth);
    }
}
