using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The last product of a block whose wide values lie in memory, cut into items: columns x blocks of pixels.</summary>
internal readonly unsafe struct InvertedResidualProjection(InvertedResidualCall call, float* wide) : IParallelBody
{
    private const int EnoughItems = 16;

    /// <summary>Pixels of a block at least: two tiles of the tallest kind would be lower than they could be, or a tile of the unit.</summary>
    private const int FewestPixels = 12, UnitPixels = TileUnit.Rows;

    /// <summary>Panels of columns for which the unit's left operand is packed: fewer would pack it more often.</summary>
    private const int UnitPanels = 5;

    private readonly int pixels = call.Window.Batch * call.Window.OutHeight * call.Window.OutWidth;
    private readonly int panels = GemmPlan.Up(call.OutChannels, PixelWeights.PanelWidth);

    public int Items => Parts * Blocks;

    private int Parts => call.ProjectsInBFloat16 ? GemmPlan.Up(panels, UnitPanels) : panels;

    private int Blocks => Math.Min(GemmPlan.Up(EnoughItems, Parts), GemmPlan.Up(pixels, call.ProjectsInBFloat16 ? UnitPixels : FewestPixels));

    public void Run(int item)
    {
        // Neighbouring items have weights of their own.
        int part = item % Parts, block = item / Parts;
        int start = GemmPlan.Cut(pixels, Blocks, block), rows = GemmPlan.Cut(pixels, Blocks, block + 1) - start;
        var column = GemmPlan.Cut(panels, Parts, part) * PixelWeights.PanelWidth;
        var columns = Math.Min(GemmPlan.Cut(panels, Parts, part + 1) * PixelWeights.PanelWidth, call.OutChannels) - column;
        var (channels, place) = (call.Window.InChannels, (nint)start * call.OutChannels + column);
        BiasedRows.Begin(call.Output + place, call.Residual == null ? null : call.Residual + place, call.OutChannels, rows, columns, call.ProjectBias + column);
        new PixelWeights(call.Project, channels, call.OutChannels, call.ProjectsInBFloat16).Slice(column, columns)
            .Multiply(wide + (nint)start * channels, channels, call.Output + place, call.OutChannels, rows, accumulate: true);
    }
}
