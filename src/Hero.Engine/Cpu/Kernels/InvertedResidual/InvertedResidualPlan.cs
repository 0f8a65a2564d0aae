namespace Hero.Cpu.Kernels;

/// <summary>
/// How a block is cut. With pictures enough an item takes a band of output rows through all three convolutions, a chunk of wide
/// channels at a time; the rows around a band are widened twice. With few small pictures items are bands and chunks, which make
/// the values behind the depthwise convolution, and then parts of the last product. Every number comes out the same either way.
/// </summary>
/// <param name="IsWhole">Whether an item goes through all three convolutions.</param>
/// <param name="Bands">Bands of rows a picture is cut into.</param>
/// <param name="Chunk">Wide channels to a chunk: whole panels, but for the last chunk.</param>
internal readonly record struct InvertedResidualPlan(bool IsWhole, int Bands, int Chunk)
{
    /// <summary>Rows of the widened picture under a band at least, neighbours' aside: fewer would widen too many rows twice.</summary>
    private const int BandRows = 7;

    /// <summary>The same where the matrix unit widens, which takes little of the time.</summary>
    private const int UnitBandRows = 3;

    /// <summary>A picture of so many bands is cut into them even when it is alone.</summary>
    private const int EnoughBands = 4;

    private const int EnoughItems = 16;
    private const int FewestItems = 8;

    /// <summary>With this many chunks and more rows are not cut for the sake of more items.</summary>
    private const int EnoughChunks = 12;

    /// <summary>Bytes of wide values before and behind the depthwise convolution that an item works on: what a second-level cache has room for.</summary>
    private const double WideBytes = 640 * 1024;

    /// <summary>Wide channels to a chunk that rows are cut for: with fewer, x and y are gone through too often.</summary>
    private const int EnoughChannels = 160;

    /// <summary>The depth of the packed matrices that the last product's weights are cut into.</summary>
    public int ProjectDepth(int wide) => IsWhole ? Chunk : wide;

    /// <summary>The first of a band's rows; the bands at the edges, under which one row less is widened, are the larger ones where some are.</summary>
    public int BandStart(int rows, int band) => band == 0 ? 0 : band == Bands ? rows : (int)((long)band * (rows - 1) / Bands) + 1;

    /// <param name="w">The depthwise convolution's geometry.</param>
    /// <param name="expands">Whether there is a convolution before it.</param>
    /// <param name="inBFloat16">Whether the matrix unit computes that one and the one behind it.</param>
    public static InvertedResidualPlan Of(in Window2D w, bool expands, bool inBFloat16)
    {
        var mostBands = Math.Clamp(w.OutHeight * w.StrideHeight / BandRows, 1, Math.Max(1, w.OutHeight));
        if (!expands) return new(true, Math.Min(w.OutHeight, Math.Max(mostBands, GemmPlan.Up(FewestItems, Math.Max(w.Batch, 1)))), w.InChannels);
        int panel = PixelWeights.PanelWidth, panels = GemmPlan.Up(w.InChannels, panel);
        if (mostBands < EnoughBands && (long)w.Batch * mostBands < FewestItems)
        {
            if (inBFloat16 && w.OutHeight >= EnoughBands && w.OutHeight * w.StrideHeight >= EnoughBands * UnitBandRows) mostBands = EnoughBands;
            else return new(false, Math.Clamp(GemmPlan.Up(EnoughChunks, w.Batch * panels), 1, mostBands), panel);
        }

        var bands = Math.Clamp(GemmPlan.Up(EnoughItems, w.Batch), 1, mostBands);
        while (bands < mostBands && ChannelBytes(w, bands) * Math.Min(EnoughChannels, w.InChannels) > WideBytes) bands++;
        var chunks = GemmPlan.Up(panels, (int)Math.Clamp(WideBytes / (ChannelBytes(w, bands) * panel), 1, panels));
        return new(true, bands, GemmPlan.Up(panels, chunks) * panel);
    }

    /// <summary>Plans worth a measurement: bands and chunks from few to many, twice as many each time.</summary>
    public static List<InvertedResidualPlan> Candidates(in Window2D w, bool expands)
    {
        var plans = new List<InvertedResidualPlan>();
        int panel = PackedMatrix<float>.PanelWidth, panels = GemmPlan.Up(w.InChannels, panel);
        for (var bands = 1; bands <= w.OutHeight; bands = bands < w.OutHeight ? Math.Min(2 * bands, w.OutHeight) : bands + 1)
        {
            if (!expands) plans.Add(new(true, bands, w.InChannels));
            for (var chunk = 1; expands && chunk < 2 * panels; chunk *= 2)
            {
                plans.Add(new(true, bands, Math.Min(chunk, panels) * panel));
                plans.Add(new(false, bands, Math.Min(chunk, panels) * panel));
            }
        }
        return plans;
    }

    /// <summary>Rows of x that a band of so many output rows reads at most.</summary>
    public static int InputRows(in Window2D w, int rows) => Math.Min(w.InHeight, (rows - 1) * w.StrideHeight + (w.KernelHeight - 1) * w.DilationHeight + 1);

    private static double ChannelBytes(in Window2D w, int bands)
    {
        var rows = GemmPlan.Up(w.OutHeight, bands);
        return ((double)InputRows(w, rows) * w.InWidth + (double)rows * w.OutWidth) * sizeof(float);
    }
}
