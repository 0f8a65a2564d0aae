namespace Hero.Data;

/// <summary>
/// Batches of rows of arrays, the way into every training loop. All buffers come from one pool: after the first few batches
/// nothing is allocated any more, however many are prefetched.
/// </summary>
internal sealed class RowBatchDataset : Dataset<RowBatch>
{
    private readonly IndexedDataset<int> order;
    private readonly int size;
    private readonly bool dropRemainder;
    private readonly Pool<RowBatch> pool;

    /// <param name="sources">Inputs, targets, weights: all with the same number of rows.</param>
    /// <param name="order">Which rows, in which order: a range, shuffled or cut as wanted.</param>
    /// <param name="size">Rows per batch.</param>
    /// <param name="dropRemainder">Leaves a shorter last batch out.</param>
    /// <exception cref="ArgumentException">The sources have different numbers of rows, or the order is not one that is reached by number.</exception>
    public RowBatchDataset(RowSource[] sources, Dataset<int> order, int size, bool dropRemainder = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (sources.Length == 0) throw new ArgumentException("Expected at least one array to take rows from, got none.", nameof(sources));
        for (var i = 1; i < sources.Length; i++)
        {
            if (sources[i].Count != sources[0].Count)
                throw new ArgumentException($"All arrays must have the same number of rows: the first has {sources[0].Count:N0}, number {i + 1} has {sources[i].Count:N0}.", nameof(sources));
        }
        this.order = order as IndexedDataset<int>
            ?? throw new ArgumentException("The order of the rows must be a range or a list of numbers, shuffled or cut, but not mapped or repeated.", nameof(order));
        this.size = size;
        this.dropRemainder = dropRemainder;
        var capacity = (int)Math.Min(size, Math.Max(1, this.order.Length));
        pool = new Pool<RowBatch>(() => new RowBatch(sources, capacity));
    }

    public override long? Count => dropRemainder ? order.Length / size : (order.Length + size - 1) / size;

    internal override Cursor<RowBatch> Open(int epoch, long start, CancellationToken cancellationToken) => new RowCursor(this, epoch, start);

    private sealed class RowCursor(RowBatchDataset set, int epoch, long start) : Cursor<RowBatch>
    {
        private long next = start;

        public override bool Next(out Leased<RowBatch> item)
        {
            item = default;
            if (next >= set.Count) return false;
            item = set.pool.Rent();
            var first = next++ * set.size;
            item.Value.Gather(set.order, epoch, first, (int)Math.Min(set.size, set.order.Length - first));
            return true;
        }

        public override void Dispose()
        {
        }
    }
}
