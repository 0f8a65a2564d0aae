using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The tiles of a stripe, in bytes from its first pixel and sum: the same for all stripes of one shape. All have one height: the last of a run
/// of pixels computes some of the one before once more, which costs less than another shape.
/// </summary>
internal struct BFloat16Conv2DTiles
{
    private readonly int width, panels, wholePanels, lastColumns;
    private TileList whole, last;
    private int height, images, rows;

    /// <param name="stripe">Any of the stripes.</param>
    /// <param name="width">Output pixels in a row.</param>
    /// <param name="panels">Panels of the filter, the last of which may have fewer columns.</param>
    public BFloat16Conv2DTiles(in BFloat16Conv2DStripe stripe, int width, int panels)
    {
        (this.width, this.panels) = (width, panels);
        lastColumns = stripe.Channels - (panels - 1) * TileUnit.Columns;
        wholePanels = lastColumns < TileUnit.Columns ? panels - 1 : panels;
        var most = stripe.MostTiles(width) * panels;
        whole = new TileList(most);
        last = new TileList(most, 1);
    }

    /// <summary>Takes down the tiles of a stripe, where the one before had another shape; steps are in elements of the view and the filter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void List(in BFloat16Conv2DStripe stripe, nint imageStep, nint rowStep, nint pixelStep, nint panelStep)
    {
        if ((stripe.Images, stripe.Rows) == (images, rows)) return;
        (images, rows) = (stripe.Images, stripe.Rows);
        var (runs, length) = stripe.Runs(width);
        height = GemmPlan.TileHeight(length, TileUnit.Rows);
        whole.Clear();
        last.Clear();
        for (var panel = 0; panel < panels; panel++)
        {
            for (var image = 0; image < images; image++)
            {
                for (var run = 0; run < runs; run++)
                {
                    nint left = (image * imageStep + run * rowStep) * sizeof(ushort), right = panel * panelStep * sizeof(ushort);
                    var to = (stripe.At(image, run) + panel * TileUnit.Columns) * sizeof(float);
                    if (panel < wholePanels) whole.AddRun(left, pixelStep * sizeof(ushort), right, to, stripe.Channels * sizeof(float), length, height);
                    else last.AddRun(left, pixelStep * sizeof(ushort), right, to, stripe.Channels * sizeof(float), length, height);
                }
            }
        }
    }

    /// <summary>Computes them.</summary>
    public readonly unsafe void Run(TileCall* call, int depthStep)
    {
        whole.Run(call, height, TileUnit.Columns, depthStep);
        last.Run(call, height, lastColumns, depthStep);
    }
}
