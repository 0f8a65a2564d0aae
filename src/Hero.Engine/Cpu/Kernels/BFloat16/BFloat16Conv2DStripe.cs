namespace Hero.Cpu.Kernels;

/// <summary>Sums of some rows of output pixels of some pictures, all channels of an item: [picture][row][pixel of the grid][channel].</summary>
internal unsafe struct BFloat16Conv2DStripe(in BFloat16Conv2DPlan plan, int channels)
{
    private readonly int gridWidth = plan.GridWidth, mostRows = plan.StripeRows, mostImages = plan.StripeImages;
    private readonly bool isGrid = plan.IsGrid;

    public float* Sums;

    /// <summary>Pictures and rows of each at hand.</summary>
    public int Images, Rows;

    public readonly int Channels = channels;

    /// <summary>Elements from one row to the next.</summary>
    public readonly nint RowStep => (nint)gridWidth * Channels;

    /// <summary>Elements of the largest stripe.</summary>
    public readonly nint Size => mostImages * mostRows * RowStep;

    /// <summary>The first pixel of a row of a picture, in elements.</summary>
    public readonly nint At(int image, int row) => (image * (nint)mostRows + row) * RowStep;

    /// <summary>The most tiles of a stripe with so many output pixels in a row, for each panel of the filter.</summary>
    public readonly int MostTiles(int width) => mostImages * (isGrid ? GemmPlan.Up(mostRows * gridWidth, TileUnit.Rows) : mostRows * GemmPlan.Up(width, TileUnit.Rows));

    /// <summary>Runs of pixels in each picture, and pixels of a run: its rows, or all of them one after another along the grid.</summary>
    public readonly (int Count, int Length) Runs(int width) => isGrid ? (1, (Rows - 1) * gridWidth + width) : (Rows, width);
}
