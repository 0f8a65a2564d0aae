namespace Hero.Cpu.Kernels;

/// <summary>
/// How the gradient of a filter is cut, by shape only, never by the number of threads. Output pixels are numbered along a grid that is
/// wider than the output by what the kernel reaches over, so that a tap is a constant distance; they are taken in pieces, rows of one
/// picture, and several pieces to a stretch.
/// </summary>
internal readonly struct BFloat16FilterGradientPlan
{
    private const double ItemWork = 2_000_000;
    private const int EnoughItems = 16;

    /// <summary>Depth of a stretch: a panel of so many pixels and two tiles stay in the first-level cache.</summary>
    private const int StretchDepth = 320;

    /// <summary>Elements of a block's sums: they stay in the second-level cache.</summary>
    private const int BlockElements = 160 * 1024;

    /// <summary>Elements all chunks' sums together may have.</summary>
    private const long PartialElements = 16 * 1024 * 1024;

    /// <summary>Pixels in a row of the grid, and how many rows and columns of it the kernel reaches further.</summary>
    public int GridWidth { get; private init; }

    public int ReachRows { get; private init; }

    public int ReachColumns { get; private init; }

    /// <summary>Output rows of a piece, pieces of a picture, and pieces of a stretch.</summary>
    public int PieceRows { get; private init; }

    public int PiecesPerImage { get; private init; }

    public int StretchPieces { get; private init; }

    /// <summary>Steps of depth in a piece.</summary>
    public int Steps { get; private init; }

    /// <summary>Runs of pieces summed apart, in parallel, and added up at the end in their order.</summary>
    public int Chunks { get; private init; }

    /// <summary>Blocks of the filter's input channels, in whole panels, and of its output channels, in whole tiles of this height.</summary>
    public int InBlocks { get; private init; }

    public int OutBlocks { get; private init; }

    public int Height { get; private init; }

    public int Items => Chunks * InBlocks * OutBlocks;

    public static BFloat16FilterGradientPlan Of(in Window2D w)
    {
        int reachRows = (w.KernelHeight - 1) * w.DilationHeight / w.StrideHeight, reachColumns = (w.KernelWidth - 1) * w.DilationWidth / w.StrideWidth;
        var gridWidth = w.OutWidth + reachColumns;
        var perImage = GemmPlan.Up(w.OutHeight, Math.Max(1, StretchDepth / gridWidth));
        var pieceRows = GemmPlan.Up(w.OutHeight, perImage);
        var steps = GemmPlan.Up(pieceRows * gridWidth, TileUnit.DepthStep);
        var pieces = w.Batch * perImage;

        var height = GemmPlan.TileHeight(w.OutChannels, TileUnit.Rows);
        int panels = GemmPlan.Up(w.InChannels, TileUnit.Columns), tiles = GemmPlan.Up(w.OutChannels, height), taps = w.KernelHeight * w.KernelWidth;
        int inBlocks = 1, outBlocks = 1;
        // Blocks as square as they come: each input channel is prepared once for every block of output channels, and the other way round.
        while ((double)taps * w.InChannels * w.OutChannels / inBlocks / outBlocks > BlockElements && (inBlocks < panels || outBlocks < tiles / 2))
        {
            if (inBlocks < panels && (w.InChannels / inBlocks >= w.OutChannels / outBlocks || outBlocks >= tiles / 2)) inBlocks = Math.Min(panels, 2 * inBlocks);
            else outBlocks = Math.Min(tiles / 2, 2 * outBlocks);
        }

        var size = (long)taps * w.InChannels * w.OutChannels;
        var work = (double)w.Batch * w.OutHeight * w.OutWidth * size;
        var wanted = (int)Math.Clamp(work / ItemWork, 1, EnoughItems);
        var chunks = (int)Math.Clamp(GemmPlan.Up(wanted, inBlocks * outBlocks), 1, Math.Min(pieces, Math.Max(1, PartialElements / size)));
        return new BFloat16FilterGradientPlan
        {
            GridWidth = gridWidth, ReachRows = reachRows, ReachColumns = reachColumns, PieceRows = pieceRows, PiecesPerImage = perImage,
            StretchPieces = Math.Clamp(StretchDepth / (steps * TileUnit.DepthStep), 1, GemmPlan.Up(pieces, chunks)), Steps = steps,
            Chunks = chunks, InBlocks = inBlocks, OutBlocks = outBlocks, Height = height,
        };
    }
}
