using System.Runtime.InteropServices;

namespace Hero.Data;

/// <summary>
/// A batch gathered from <see cref="RowSource"/>s, in buffers that are used again: valid until the loop asks for the next one.
/// </summary>
internal sealed class RowBatch
{
    private readonly RowSource[] sources;
    private readonly byte[][] columns;
    private readonly int[] rows;

    public RowBatch(RowSource[] sources, int capacity)
    {
        this.sources = sources;
        rows = new int[capacity];
        columns = Array.ConvertAll(sources, source => GC.AllocateUninitializedArray<byte>(checked(source.RowBytes * capacity), pinned: true));
    }

    /// <summary>How many rows the batch has: the batch size, or fewer in an epoch's last.</summary>
    public int Count { get; private set; }

    /// <summary>Which rows of the sources they are.</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, Count);

    /// <summary>The rows of the source with this number, one after the other.</summary>
    public Span<byte> Bytes(int source) => columns[source].AsSpan(0, Count * sources[source].RowBytes);

    /// <summary>The same as values of the source's own type.</summary>
    public Span<T> Values<T>(int source) where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes(source));

    internal void Gather(IndexedDataset<int> order, int epoch, long first, int count)
    {
        Count = count;
        for (var i = 0; i < count; i++) rows[i] = order.ItemAt(first + i, epoch);
        for (var source = 0; source < sources.Length; source++) sources[source].Gather(Rows, Bytes(source));
    }
}
