namespace Hero.Cpu.Kernels;

/// <summary>
/// What tiles of the next range of the inner dimension will read, in portions that tiles of this one bring nearer. They take them evenly, as far as they have
/// nothing else to fetch: many lines at once would be in the way of what tiles read themselves.
/// </summary>
/// <param name="left">Lines of the left operand.</param>
/// <param name="right">Lines of the right operand.</param>
/// <param name="tiles">How many tiles there are to take them.</param>
internal unsafe struct ComingRange(CacheLines left, CacheLines right, int tiles)
{
    private readonly int portions = left.Portions + right.Portions;
    private int next, due;

    /// <summary>Gives the next tile its portion, if it is to have one.</summary>
    public void Fetch(TileOperands* operands)
    {
        due += portions;
        if (operands->Ahead != null || due < tiles || next == portions) return;
        due -= tiles;
        if (next < left.Portions) left.Fetch(operands, next);
        else right.Fetch(operands, next - left.Portions);
        next++;
    }
}

/// <summary>
/// The cache lines under some columns of some rows, in portions of as many lines as there are rows: a line of each row, or, where the rows are one stretch of
/// memory, as many that follow each other. Memory gives those sooner.
/// </summary>
/// <param name="start">The first row.</param>
/// <param name="rowStep">Bytes from row to row.</param>
/// <param name="rowBytes">Bytes of a row.</param>
/// <param name="rows">How many rows.</param>
internal readonly unsafe struct CacheLines(byte* start, nint rowStep, int rowBytes, int rows)
{
    private const int Line = 64;

    public int Portions { get; } = GemmPlan.Up(rowBytes, Line);

    /// <summary>Has a tile of that many steps fetch a portion.</summary>
    public void Fetch(TileOperands* operands, int portion)
    {
        var isOneStretch = rowBytes == rowStep;
        operands->Ahead = start + portion * (isOneStretch ? (nint)rows * Line : Line);
        operands->AheadStep = isOneStretch ? Line : rowStep;
    }
}
