using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The last product of a block whose wide values lie in memory, as numbers or packed for the matrix unit, cut into items: columns x blocks of pixels.
/// </summary>
internal readonly unsafe struct InvertedResidualProjection(InvertedResidualCall call, float* wide, ushort* packedWide) : IParallelBody
{
    private const int EnoughItems = 16;

    /// <summary>Pixels of a block at least: two tiles of the tallest kind would be lower than they could be.</summary>
    private const int FewestPixels = 12;

    private readonly int pixels = call.Window.Batch * call.Window.OutHeight * call.Window.OutWidth;
    private readonly int panels = GemmPlan.Up(call.OutChannels, PixelWeights.PanelWidth);

    public int Items => panels * Blocks;

    private int Blocks => Math.Min(GemmPlan.Up(EnoughItems, panels), packedWide == null ? GemmPlan.Up(pixels, FewestPixels) : Tiles);

    private int Tiles => GemmPlan.Up(pixels, TileUnit.Rows);

    public void Run(int item)
    {
        // A thread's items follow each other: those of the unit share what there is more of, weights or pixels.
        var (panel, block) = packedWide != null && call.OutChannels > pixels ? (item / Blocks, item % Blocks) : (item % panels, item / panels);
        int start = Start(block), rows = Start(block + 1) - start;
        int column = panel * PixelWeights.PanelWidth, columns = Math.Min(PixelWeights.PanelWidth, call.OutChannels - column);
        var (channels, place) = (call.Window.InChannels, (nint)start * call.OutChannels + column);
        BiasedRows.Begin(call.Output + place, call.Residual == null ? null : call.Residual + place, call.OutChannels, rows, columns, call.ProjectBias + column);
        var weights = new PixelWeights(call.Project, channels, call.OutChannels, call.ProjectsInBFloat16).Slice(column, columns);
        if (packedWide == null) weights.Multiply(wide + (nint)start * channels, channels, call.Output + place, call.OutChannels, rows, accumulate: true);
        else weights.MultiplyPacked(packedWide + BFloat16Matrix.LeftSize(start, channels), call.Output + place, call.OutChannels, rows, accumulate: true);
    }

    private int Start(int block) =>
        packedWide == null ? GemmPlan.Cut(pixels, Blocks, block) : Math.Min(pixels, GemmPlan.Cut(Tiles, Blocks, block) * TileUnit.Rows);
}
