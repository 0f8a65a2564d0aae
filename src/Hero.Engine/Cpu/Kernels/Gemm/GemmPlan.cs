using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// How a matrix product is cut into items. Depends on the shape and the instruction set only, never on the number of threads, so
/// that every sum is formed in the same order whatever computes it.
/// </summary>
internal readonly struct GemmPlan
{
    /// <summary>Multiply-adds worth an item of their own: some five microseconds of one core.</summary>
    private const double ItemWork = 500_000;

    /// <summary>Multiply-adds for which an element that comes from afar is waited for.</summary>
    private const double ElementWork = 12;

    /// <summary>Two items would leave most threads idle.</summary>
    public const int MinItems = 4;

    /// <summary>More items would read operands more often; products from <see cref="LargeWork"/> on have room for twice as many, if their depth is whole.</summary>
    private const int MaxItems = 16;

    private const double LargeWork = 100e6;

    private const int MinDepthChunk = 256;

    /// <summary>What an element of the sums of a chunk costs: it is written, and read where they are added up.</summary>
    private const double SumCost = 4;

    /// <summary>The same where chunks are stretches of memory, and cuts across them are not ...</summary>
    private const int MinStretchChunk = 128;

    /// <summary>... and where the output is so many times smaller than the operands: what made them was mostly cut into the same stretches, which lie in the caches of as many cores.</summary>
    private const int MinNarrowChunk = 16, NarrowRatio = 4;

    private const double StretchSumCost = 1.5;

    /// <summary>Multiply-adds from which threads keep the columns they have packed from item to item.</summary>
    private const double KeptWork = 20e6;

    /// <summary>Multiply-adds of an item then: the shorter they are, the less threads wait for those that get less of their cores.</summary>
    private const double KeptItemWork = 5e6;

    /// <summary>Items come in about so many or multiples of it, that usual numbers of threads all have the same to do.</summary>
    private const int KeptItems = 32;

    private const int MaxKeptItems = 256;

    /// <summary>Fewer tiles of rows do not earn back that columns are packed.</summary>
    private const int MinKeptTiles = 4;

    /// <summary>The most bytes of columns kept: less than half of a usual second-level cache.</summary>
    private const int KeptBytes = 768 * 1024;

    /// <summary>Where columns are kept, both operands are packed from so many multiply-adds on, if no dimension is smaller than that.</summary>
    private const double PackedWork = 60e6;

    private const int MinPackedSide = 256;

    /// <summary>The same of a transposed left operand that so many columns meet, over such a depth: its steps are far apart.</summary>
    private const int MinTransposedColumns = 512, MinTransposedDepth = 512;

    /// <summary>Rows so many bytes apart, or a multiple, meet in one set of a usual first-level cache, which has fewer places than a tile has rows.</summary>
    private const int CrowdedStep = 4096;

    /// <summary>Multiply-adds of an item of packed operands: room for a few strips of rows, while which a panel of columns comes.</summary>
    private const double PackedItemWork = 12e6;

    /// <summary>The longest inner dimension that packed operands are gone through at once.</summary>
    public const int PackedDepth = 1024;

    /// <summary>So many threads have the least to read where what each does of the output is a square.</summary>
    private const int PackedShares = 4;

    /// <summary>Bytes of packed columns a thread keeps: half of a usual second-level cache.</summary>
    private const int PackedBytes = 1024 * 1024;

    /// <summary>What starting the team once more for them costs.</summary>
    private const double ReductionCost = 200_000;

    /// <summary>The most elements of sums of chunks.</summary>
    private const double MaxPartials = 8 * 1024 * 1024;

    private GemmPlan(int rowBlocks, int columnBlocks, int depthChunks, bool keepsColumns = false)
    {
        KeepsColumns = keepsColumns;
        RowBlocks = rowBlocks;
        ColumnBlocks = columnBlocks;
        DepthChunks = depthChunks;
    }

    public int RowBlocks { get; }

    public int ColumnBlocks { get; }

    /// <summary>Pieces of the inner dimension summed apart, in parallel, and added up at the end in their order.</summary>
    public int DepthChunks { get; }

    /// <summary>Whether neighbouring items have the same columns, which a thread packs once, for their whole depth.</summary>
    public bool KeepsColumns { get; }

    public int Items => RowBlocks * ColumnBlocks * DepthChunks;

    /// <summary>
    /// The cut that costs least, in elements moved: every item reads its rows of the left operand and its columns of the right one;
    /// the costs say how much more than a read an element takes, where it is packed. The left operand is read anew for every
    /// <paramref name="pieceColumns"/> columns in any case. <paramref name="inStretches"/> says that a chunk of the inner dimension is a stretch of memory
    /// in both operands: a left one that is transposed, a right one that is not.
    /// </summary>
    public static GemmPlan Of(int m, int n, int k, int tileRows, int tileColumns, double leftCost, double rightCost, int pieceColumns, bool inStretches)
    {
        var isNarrow = inStretches && NarrowRatio * (long)m * n <= ((long)m + n) * k;
        var (minChunk, sumCost) = isNarrow ? (MinNarrowChunk, StretchSumCost) : inStretches ? (MinStretchChunk, StretchSumCost) : (MinDepthChunk, SumCost);
        double work = (double)m * Up(n, tileColumns / 2) * (tileColumns / 2) * k, elements = (double)m * k + (double)k * n + (double)m * n;
        var pieces = (work + ElementWork * elements) / ItemWork;
        if (pieces < 2) return new GemmPlan(1, 1, 1);
        var worth = 1 << BitOperations.Log2((uint)Math.Clamp(pieces, MinItems, 2 * MaxItems));

        int tiles = Up(m, tileRows), panels = Up(n, tileColumns);
        var best = default(GemmPlan);
        var least = double.PositiveInfinity;
        for (var chunks = 1; chunks <= MaxItems && (chunks == 1 || (k / chunks >= minChunk && (chunks - 1.0) * m * n <= MaxPartials)); chunks *= 2)
        {
            var wanted = chunks == 1 && work >= LargeWork ? worth : Math.Min(worth, MaxItems);
            for (var rows = 1; rows * chunks <= wanted && rows <= tiles; rows *= 2)
            {
                var columns = Math.Min(panels, wanted / (rows * chunks));
                var sweeps = Math.Max(columns, Up(n, pieceColumns));
                var moved = leftCost * sweeps * m * k + rightCost * rows * n * k + sumCost * (chunks - 1) * m * n + (chunks > 1 ? ReductionCost : 0);
                if (isNarrow && chunks < MinItems) moved += ElementWork * k * ((double)m + n);
                // What the longest items are longer than the mean of as many as there should be: part of it is waited for.
                var uneven = (double)Up(tiles, rows) * Up(panels, columns) * wanted / chunks / ((double)tiles * panels) - 1;
                var cost = moved + 0.05 * uneven * work;
                if (cost >= least) continue;
                least = cost;
                best = new GemmPlan(rows, columns, chunks);
            }
        }
        return best;
    }

    /// <summary>
    /// The cut of a large product whose right operand is packed: each piece of columns for some rows after the others. A right operand
    /// no smaller than the output is cut so finely that no two threads need the same columns; otherwise the output keeps its rows as long
    /// as can be, which is what epilogues read and write fastest. Null where the product is too small for that, or too deep.
    /// </summary>
    public static GemmPlan? OfKeptColumns(int m, int n, int k, int tileRows, int tileColumns, int elementBytes)
    {
        var work = (double)m * n * k;
        int tiles = Up(m, tileRows), panels = Up(n, tileColumns), keptPanels = KeptBytes / elementBytes / k / tileColumns;
        if (work < KeptWork || tiles < MinKeptTiles || keptPanels == 0) return null;
        var columns = Math.Max(Up(panels, keptPanels), k >= m ? Math.Min(panels, KeptItems / 2) : 1);
        var items = KeptItems * Math.Max(1, Math.Round(Math.Min(work / KeptItemWork, MaxKeptItems) / KeptItems));
        var itemTiles = (int)Math.Max(1, Math.Round(tiles * columns / items));
        return new GemmPlan(Up(tiles, itemTiles), columns, 1, keepsColumns: true);
    }

    /// <summary>Whether both operands are packed: the left one is transposed, or its rows would crowd the first-level cache.</summary>
    public static bool IsPacked(int m, int n, int k, bool transposeA, int elementBytes) =>
        (transposeA && n >= MinTransposedColumns && k >= MinTransposedDepth)
        || ((transposeA || k * elementBytes % CrowdedStep == 0) && (double)m * n * k >= PackedWork && Math.Min(Math.Min(m, n), k) >= MinPackedSide);

    /// <summary>The cut of a product of packed operands: each piece of columns for some strips of rows after the others.</summary>
    public static GemmPlan OfPacked(int m, int n, int depth, int strips, int tileColumns, int elementBytes)
    {
        int panels = Up(n, tileColumns), columns = Up(panels, Math.Max(1, PackedBytes / (tileColumns * elementBytes * depth)));
        columns = Math.Max(columns, Math.Min(panels, (int)Math.Round(Math.Sqrt((double)PackedShares * n / m))));
        var items = KeptItems * Math.Max(1, Math.Round(Math.Min((double)m * n * depth / PackedItemWork, MaxKeptItems) / KeptItems));
        return new GemmPlan(Up(strips, (int)Math.Max(1, Math.Round(strips * columns / items))), columns, 1, keepsColumns: true);
    }

    /// <summary>Where piece <paramref name="piece"/> of <paramref name="pieces"/> equal pieces of a length begins.</summary>
    public static int Cut(int length, int pieces, int piece) => (int)((long)length * piece / pieces);

    /// <summary>The height of equal tiles, none above <paramref name="most"/>, over so many rows; the last may be lower.</summary>
    public static int TileHeight(int rows, int most) => Up(rows, Up(rows, most));

    public static int Up(int value, int unit) => (int)(((long)value + unit - 1) / unit);
}
