using Hero.Cpu.Runtime;

namespace Hero.Data;

/// <summary>
/// A batch gathered from <see cref="RowSource"/>s, in buffers that are used again: valid until the loop asks for the next one.
/// </summary>
internal sealed class RowBatch
{
    // What one thread copies before the next is worth its start.
    private const int ItemBytes = 64 * 1024;

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
        foreach (var column in columns)
        {
            var rowsPerItem = Math.Max(1, ItemBytes / Math.Max(1, column.Source.RowBytes));
            var copies = new Copies { Source = column.Source, Rows = rows, Count = count, Buffer = column.Buffer, RowsPerItem = rowsPerItem };
            WorkerTeam.Default.For((count + rowsPerItem - 1) / rowsPerItem, ref copies);
        }
    }

    private struct Copies : IParallelBody
    {
        public RowSource Source;
        public int[] Rows;
        public int Count;
        public Storage Buffer;
        public int RowsPerItem;

        public readonly void Run(int item)
        {
            var first = item * RowsPerItem;
            var rows = Rows.AsSpan(first, Math.Min(RowsPerItem, Count - first));
            Source.Gather(rows, Buffer.Span.Slice(first * Source.RowBytes, rows.Length * Source.RowBytes));
        }
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
