using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Sums over the rows of a kernel's output, and of others, for each column: the kernel hands rows over as it has made them, while they are in the cache. Pieces of the rows have sums
/// of their own, which are joined in their order. None (default) where nothing is summed.
/// </summary>
internal unsafe struct RowSums(IRowSums? summer, void** slots)
{
    private byte* partials;

    public readonly bool Exist => summer is not null;

    /// <summary>Makes room for so many pieces, in scratch memory of this thread.</summary>
    public void Prepare(int slot, nint pieces)
    {
        if (summer is not null) partials = Scratch.Get(slot, pieces * summer.PieceBytes);
    }

    public readonly void Begin(nint piece) => summer!.Begin(partials + piece * summer.PieceBytes);

    /// <summary>Takes rows <paramref name="row"/> to row + rows - 1 into the sums of a piece that has begun.</summary>
    public readonly void Take(nint piece, nint row, nint rows) => summer!.Take(slots, partials + piece * summer.PieceBytes, 0, row, rows);

    /// <summary>Writes the results: sums of so many rows in so many pieces.</summary>
    public readonly void Finish(nint pieces, nint rows) => summer?.Finish(slots, partials, pieces, 0, rows);
}

/// <summary>Sums of a chain of scalar operations; may be used from any worker thread.</summary>
internal unsafe interface IRowSums
{
    /// <summary>Bytes of the accumulators of a piece.</summary>
    nint PieceBytes { get; }

    void Begin(byte* accumulators);

    /// <summary>Takes some rows, the first of which begins <paramref name="row"/> rows behind element <paramref name="origin"/>.</summary>
    void Take(void** slots, byte* accumulators, nint origin, nint row, nint rows);

    /// <summary>Joins the accumulators of pieces, which follow each other, and writes results number <paramref name="outer"/>.</summary>
    void Finish(void** slots, byte* accumulators, nint pieces, nint outer, nint rows);
}
