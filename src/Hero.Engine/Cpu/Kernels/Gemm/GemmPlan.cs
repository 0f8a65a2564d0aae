namespace Hero.Cpu.Kernels;

/// <summary>
/// How a matrix product is cut into items. Depends on the shape and the instruction set only, never on the number of threads, so
/// that every sum is formed in the same order whatever computes it.
/// </summary>
internal readonly struct GemmPlan
{
    /// <summary>Multiply-adds worth an item of their own: some ten microseconds of one core.</summary>
    private const double ItemWork = 500_000;

    private const int MaxItems = 64;

    /// <summary>With this many items, more are not worth reading operands more often.</summary>
    private const int EnoughItems = 16;

    private const int MinDepthChunk = 256;

    /// <summary>Output elements of a block: what stays in the second-level cache until the epilogue has seen it.</summary>
    private const int BlockElements = 64 * 1024;

    /// <summary>Inner steps after which a panel of the right operand no longer fits the first-level cache.</summary>
    private const int MaxDepthBlock = 256;

    private GemmPlan(int rowBlocks, int columnBlocks, int depthChunks, int depthBlocks)
    {
        RowBlocks = rowBlocks;
        ColumnBlocks = columnBlocks;
        DepthChunks = depthChunks;
        DepthBlocks = depthBlocks;
    }

    public int RowBlocks { get; }

    public int ColumnBlocks { get; }

    /// <summary>Pieces of the inner dimension summed apart, in parallel, and added up at the end in their order.</summary>
    public int DepthChunks { get; }

    /// <summary>Pieces of a chunk that one item works through one after the other.</summary>
    public int DepthBlocks { get; }

    public int Items => RowBlocks * ColumnBlocks * DepthChunks;

    public static GemmPlan Of(int m, int n, int k, int tileRows, int tileColumns, bool packLeft)
    {
        var lanes = tileColumns / 2;
        var paddedColumns = Up(n, lanes) * lanes;
        var tiles = Up(m, tileRows);
        var panels = Up(n, tileColumns);
        var wanted = (int)Math.Clamp((double)m * paddedColumns * k / ItemWork, 1, MaxItems);

        // Blocks as large as the cache likes ...
        var blockRows = Math.Clamp(BlockElements / n, 12 * tileRows, 1024);
        var blockColumns = Math.Max(BlockElements / Math.Min(blockRows, m), tileColumns);
        var rows = Up(m, blockRows);
        var columns = Up(n, blockColumns);
        // ... then smaller while there are too few: along rows and columns as long as an operand element read is used often enough,
        // along the inner dimension as long as the sums do not cost more than the products, and down to single tiles.
        var chunks = 1;
        Refine(ref rows, tiles / (packLeft ? 4 : 8), columns, wanted);   // a packed row block serves more columns
        Refine(ref columns, panels / 4, rows, wanted);
        Refine(ref chunks, k / MinDepthChunk, rows * columns, wanted);
        wanted = Math.Min(wanted, EnoughItems);
        Refine(ref rows, tiles / 4, columns * chunks, wanted);
        Refine(ref columns, panels / 2, rows * chunks, wanted);
        Refine(ref rows, tiles, columns * chunks, wanted);
        Refine(ref columns, panels, rows * chunks, wanted);
        return new GemmPlan(rows, columns, chunks, m > tileRows ? Up(Up(k, chunks), MaxDepthBlock) : 1);
    }

    /// <summary>Where piece <paramref name="piece"/> of <paramref name="pieces"/> equal pieces of a length begins.</summary>
    public static int Cut(int length, int pieces, int piece) => (int)((long)length * piece / pieces);

    /// <summary>The height of equal tiles, none above <paramref name="most"/>, over so many rows; the last may be lower.</summary>
    public static int TileHeight(int rows, int most) => Up(rows, Up(rows, most));

    public static int Up(int value, int unit) => (int)(((long)value + unit - 1) / unit);

    private static void Refine(ref int pieces, int most, int others, int wanted)
    {
        if (pieces * others < wanted) pieces = Math.Max(pieces, Math.Min(most, Up(wanted, others)));
    }
}
