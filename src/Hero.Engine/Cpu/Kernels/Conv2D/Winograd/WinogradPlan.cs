namespace Hero.Cpu.Kernels;

/// <summary>
/// How a Winograd convolution is cut: output images into tiles of 4 x 4, those into blocks whose transforms stay in the second-level cache.
/// By shape and instruction set only, never by the number of threads. Tile rows are counted over all images.
/// </summary>
internal readonly struct WinogradPlan
{
    /// <summary>Side of a tile of the output.</summary>
    public const int OutputSide = 4;

    /// <summary>Side of the input under it.</summary>
    public const int InputSide = 6;

    /// <summary>Products for each tile and pair of channels.</summary>
    public const int Products = InputSide * InputSide;

    /// <summary>Bytes of a block's transforms.</summary>
    private const int BlockBytes = 640 * 1024;

    /// <summary>Bytes of the transformed filter, or its gradient, up to which a block is taken through all steps by one item.</summary>
    private const long FilterBytes = 1536 * 1024;

    /// <summary>Bytes of a stage's transforms, or as many as the transformed filter has, which every stage reads, where that is more.</summary>
    private const long StageBytes = 8 * 1024 * 1024;

    private const int EnoughItems = 16;
    private const int WantedItems = 64;

    public int TilesY { get; private init; }

    public int TilesX { get; private init; }

    public int TileRows { get; private init; }

    /// <summary>Channels rounded up to whole registers: the rows of the transforms.</summary>
    public int InWidth { get; private init; }

    public int OutWidth { get; private init; }

    /// <summary>Parts of all tile rows that go through the steps together; 0 where each block does so on its own.</summary>
    public int Stages { get; private init; }

    /// <summary>Blocks of tile rows, of a stage or of all, and of tile columns.</summary>
    public int RowBlocks { get; private init; }

    public int ColumnBlocks { get; private init; }

    public int Blocks => RowBlocks * ColumnBlocks;

    /// <summary>
    /// Whether this way of computing a pass pays: a kernel of 3 x 3 neighbours, few tiles that reach over the edge, channels enough for the
    /// saving to outweigh the transforms, tiles enough to outweigh that of the filter.
    /// </summary>
    public static unsafe bool Wins<T>(Conv2DPass<T>* pass) where T : unmanaged
    {
        Conv2DAxis rows = pass->Rows, columns = pass->Columns;
        if (typeof(T) != typeof(float) || pass->Groups != 1 || rows.Taps != 3 || columns.Taps != 3) return false;
        if (rows.OffsetStep != 1 || columns.OffsetStep != 1 || rows.OutputStep != 1 || columns.OutputStep != 1) return false;
        if (pass->GroupIn < 12 || pass->GroupOut < 12) return false;
        var tiles = Tiles(pass);
        return 9.0 * rows.Outputs * columns.Outputs >= 2 * Products * tiles && tiles * pass->Batch >= 16;
    }

    /// <summary>
    /// Whether the input's gradient by <see cref="WinogradInputGradientBody{TSimd, TVector, TLanes}"/> beats a convolution of its own
    /// (<paramref name="gradient"/>): fewer tiles, images that fit a block, enough of them for all threads.
    /// </summary>
    public static unsafe bool WinsBackward<T>(Conv2DPass<T>* forward, Conv2DPass<T>* gradient) where T : unmanaged
    {
        if (!Wins(forward) || forward->Batch < EnoughItems) return false;
        var bytes = (long)Products * sizeof(float);
        return 8 * Tiles(forward) <= 7 * Tiles(gradient) && bytes * forward->GroupIn * forward->GroupOut <= FilterBytes
            && bytes * Tiles(forward) * (forward->GroupIn + forward->GroupOut) <= BlockBytes;
    }

    /// <summary>The multiplications and additions of all products of a pass.</summary>
    public static unsafe double Flops<T>(Conv2DPass<T>* pass) where T : unmanaged => 2.0 * Products * Tiles(pass) * pass->Batch * pass->GroupIn * pass->GroupOut;

    /// <summary>A plan whose blocks are whole images.</summary>
    public static unsafe WinogradPlan OfImages(Conv2DPass<float>* pass, int lanes)
    {
        var plan = Of(pass, lanes, 1, long.MaxValue);
        var imageBytes = (long)Products * (plan.InWidth + plan.OutWidth) * sizeof(float) * plan.TilesY * plan.TilesX;
        var images = (int)Math.Clamp(BlockBytes / imageBytes, 1, Math.Max(1, pass->Batch / WantedItems));
        while (pass->Batch % images != 0) images--;   // blocks are cut evenly, so that none begins inside an image
        return plan with { RowBlocks = pass->Batch / images, ColumnBlocks = 1 };
    }

    /// <summary>Tiles of an image.</summary>
    private static unsafe long Tiles<T>(Conv2DPass<T>* pass) where T : unmanaged =>
        (long)GemmPlan.Up(pass->Rows.Outputs, OutputSide) * GemmPlan.Up(pass->Columns.Outputs, OutputSide);

    public static unsafe WinogradPlan Of(Conv2DPass<float>* pass, int lanes, int tileHeight) => Of(pass, lanes, tileHeight, FilterBytes);

    private static unsafe WinogradPlan Of(Conv2DPass<float>* pass, int lanes, int tileHeight, long mostFilterBytes)
    {
        int tilesY = GemmPlan.Up(pass->Rows.Outputs, OutputSide), tilesX = GemmPlan.Up(pass->Columns.Outputs, OutputSide);
        int inWidth = GemmPlan.Up(pass->GroupIn, lanes) * lanes, outWidth = GemmPlan.Up(pass->GroupOut, lanes) * lanes;
        var rows = pass->Batch * tilesY;
        var tileBytes = (long)Products * (inWidth + outWidth) * sizeof(float);
        var most = (int)Math.Max(BlockBytes / tileBytes, tileHeight);
        var plan = new WinogradPlan { TilesY = tilesY, TilesX = tilesX, TileRows = rows, InWidth = inWidth, OutWidth = outWidth };

        var filterBytes = (long)Products * inWidth * outWidth * sizeof(float);
        if (filterBytes <= mostFilterBytes)
        {
            // Smaller blocks where there are few tiles, as long as they fill a register tile.
            most = Math.Min(most, Math.Max(tileHeight, GemmPlan.Up(rows * tilesX, EnoughItems)));
            return plan with { RowBlocks = GemmPlan.Up(rows, Math.Max(1, most / tilesX)), ColumnBlocks = GemmPlan.Up(tilesX, most) };
        }
        var stages = (int)Math.Clamp(rows * tilesX * tileBytes / Math.Max(StageBytes, filterBytes), 1, rows);
        return plan with { Stages = stages, RowBlocks = Math.Min(GemmPlan.Up(rows, stages), WantedItems), ColumnBlocks = 1 };
    }

    /// <summary>Block <paramref name="index"/> of the tile rows from <paramref name="firstRow"/> to <paramref name="endRow"/>.</summary>
    public WinogradBlock Block(int index, int firstRow, int endRow)
    {
        int rowBlock = index / ColumnBlocks, columnBlock = index % ColumnBlocks, rows = endRow - firstRow;
        return new WinogradBlock(
            firstRow + GemmPlan.Cut(rows, RowBlocks, rowBlock), firstRow + GemmPlan.Cut(rows, RowBlocks, rowBlock + 1),
            GemmPlan.Cut(TilesX, ColumnBlocks, columnBlock), GemmPlan.Cut(TilesX, ColumnBlocks, columnBlock + 1));
    }

    /// <summary>
    /// Elements from one product's matrix of rows of <paramref name="width"/> to the next: an odd number of registers, so that the
    /// matrices' beginnings spread over the cache.
    /// </summary>
    public static nint Step(int rows, int width, int lanes) => (nint)((long)rows * width / lanes | 1) * lanes;
}

/// <summary>A rectangle of tiles.</summary>
internal readonly record struct WinogradBlock(int FirstRow, int EndRow, int FirstColumn, int EndColumn)
{
    public int Tiles => (EndRow - FirstRow) * (EndColumn - FirstColumn);
}
