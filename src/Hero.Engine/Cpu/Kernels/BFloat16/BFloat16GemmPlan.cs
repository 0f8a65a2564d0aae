namespace Hero.Cpu.Kernels;

/// <summary>How a product of bfloat16 matrices is cut into items: by shape only, never by the number of threads.</summary>
internal readonly struct BFloat16GemmPlan
{
    /// <summary>Multiply-adds worth an item of their own: a few microseconds of one core.</summary>
    private const double ItemWork = 2_000_000;

    /// <summary>What packing an element costs, in multiply-adds.</summary>
    private const double ElementWork = 24;

    /// <summary>Two items would leave most threads idle.</summary>
    private const int MinItems = 4;

    private const int MaxItems = 64;

    /// <summary>With this many items, more are not worth reading operands more often.</summary>
    private const int EnoughItems = 16;

    /// <summary>Rows and columns of an item: its part of the left operand and of the output stay in the second-level cache.</summary>
    private const int MostRows = 256, MostColumns = 1024;

    /// <summary>Steps of depth after which a panel of the right operand no longer fits the first-level cache.</summary>
    private const int MostSteps = 16;

    /// <summary>The fewest steps of depth worth a chunk of their own.</summary>
    private const int FewSteps = 4;

    /// <summary>What the sum of a chunk costs beside an element of an operand: it is written, and read where chunks are added up.</summary>
    private const double SumCost = 6;

    private BFloat16GemmPlan(int rowBlocks, int columnBlocks, int depthChunks, int height, int steps)
    {
        RowBlocks = rowBlocks;
        ColumnBlocks = columnBlocks;
        DepthChunks = depthChunks;
        Height = height;
        Steps = steps;
    }

    public int RowBlocks { get; }

    public int ColumnBlocks { get; }

    /// <summary>Pieces of the inner dimension summed apart, in parallel, and added up at the end in their order.</summary>
    public int DepthChunks { get; }

    /// <summary>Rows of a tile.</summary>
    public int Height { get; }

    /// <summary>Steps of depth that one item takes at a time.</summary>
    public int Steps { get; }

    public int Items => RowBlocks * ColumnBlocks * DepthChunks;

    public static BFloat16GemmPlan Of(int m, int n, int k)
    {
        var height = GemmPlan.TileHeight(m, TileUnit.Rows);
        int tiles = GemmPlan.Up(m, height), panels = GemmPlan.Up(n, TileUnit.Columns), steps = GemmPlan.Up(k, TileUnit.DepthStep);
        var wanted = (int)Math.Clamp(((double)m * n * k + ElementWork * ((double)m + n) * k) / ItemWork, 1, MaxItems);
        if (wanted > 1) wanted = Math.Max(wanted, MinItems);
        int rows = GemmPlan.Up(m, MostRows), columns = GemmPlan.Up(n, MostColumns), chunks = 1;
        // Chunks of the inner dimension have no operands in common that would have to be packed before: they come first where all their sums are few beside operands.
        if (k > Math.Max(m, n)) Refine(ref chunks, (int)Math.Min(steps / FewSteps, ((double)m + n) * k / (SumCost * m * n)), rows * columns, Math.Min(wanted, EnoughItems));
        Refine(ref rows, tiles / 8, columns * chunks, wanted);
        wanted = Math.Min(wanted, EnoughItems);
        Refine(ref columns, panels / 4, rows, wanted);
        Refine(ref chunks, steps / (2 * MostSteps), rows * columns, wanted);
        Refine(ref rows, tiles / 4, columns * chunks, wanted);
        Refine(ref columns, panels / 2, rows * chunks, wanted);
        Refine(ref rows, tiles / 2, columns * chunks, wanted);
        return new BFloat16GemmPlan(rows, columns, chunks, height, GemmPlan.Up(GemmPlan.Up(steps, chunks), GemmPlan.Up(GemmPlan.Up(steps, chunks), MostSteps)));
    }

    private static void Refine(ref int pieces, int most, int others, int wanted)
    {
        if (pieces * others < wanted) pieces = Math.Max(pieces, Math.Min(most, GemmPlan.Up(wanted, others)));
    }
}
