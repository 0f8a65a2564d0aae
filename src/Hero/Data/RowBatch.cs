namespace Hero.Data;

/// <summary>
/// A batch gathered from <see cref="RowSource"/>s, in buffers that are used again: valid until the loop asks for the next one.
/// </summary>
internal sealed class RowBatch
{
    private readonly Column[] columns;
    private readonly int[] rows;

    public RowBatch(RowSource[] sources, int capacity)
    {
        rows = new int[capacity];
        columns = Array.ConvertAll(sources, source => new Column(source, capacity));
    }

    /// <summary>How many rows the batch has: the batch size, or fewer in an epoch's last.</summary>
    public int Count { get; private set; }

    /// <summary>Which rows of the sources they are.</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, Count);

    /// <summary>
    /// The rows of the source with this number: (rows, row shape ...). It looks at the buffer and is a function's input, to be used up
    /// before the next batch: an expression of it that is evaluated later would see other rows.
    /// </summary>
    public Tensor this[int source] => columns[source].View(Count);

    /// <summary>The same as values of the source's own type.</summary>
    public Span<T> Values<T>(int source) where T : unmanaged => columns[source].Buffer.As<T>()[..checked((int)this[source].Size)];

    internal void Gather(IndexedDataset<int> order, int epoch, long first, int count)
    {
        Count = count;
        for (var i = 0; i < count; i++) rows[i] = order.ItemAt(first + i, epoch);
        foreach (var column in columns) column.Source.Gather(Rows, column.Buffer.Span);
    }

    private sealed class Column(RowSource source, int capacity)
    {
        private Tensor? whole;
        private Tensor? part;

        public RowSource Source => source;

        public Storage Buffer { get; } = new((long)source.RowBytes * capacity);

        // Two tensors are kept, the full one and an epoch's last, so that a steady loop makes none.
        public Tensor View(int count)
        {
            ref var view = ref count == capacity ? ref whole : ref part;
            if (view is null || view.Shape[0] != count) view = new Tensor(source.DType, source.RowShape.Prepend(count), Buffer);
            return view;
        }
    }
}
