namespace Hero.Data;

/// <summary>A dataset whose elements can be asked for by number, in any order: it is sliced, zipped and shuffled without being run through.</summary>
internal abstract class IndexedDataset<T> : Dataset<T>
{
    /// <summary>The number of elements.</summary>
    public abstract long Length { get; }

    public sealed override long? Count => Length;

    /// <summary>The element of a number in an epoch. Thread safe.</summary>
    public abstract T ItemAt(long index, int epoch);

    internal override Cursor<T> Open(int epoch, long start, CancellationToken cancellationToken) => new IndexedCursor(this, epoch, start);

    internal override Dataset<T> ShuffleCore(long seed, bool reshuffleEachEpoch, int bufferSize) =>
        new ShuffleDataset<T>(this, seed, reshuffleEachEpoch);

    internal override Dataset<T> Slice(long offset, long count) => new IndexedSliceDataset<T>(this, offset, count);

    private sealed class IndexedCursor(IndexedDataset<T> source, int epoch, long start) : Cursor<T>
    {
        private long next = start;

        public override bool Next(out Leased<T> item)
        {
            if (next >= source.Length)
            {
                item = default;
                return false;
            }
            item = new(source.ItemAt(next++, epoch), null);
            return true;
        }

        public override void Dispose()
        {
        }
    }
}

/// <summary>The elements of a list.</summary>
internal sealed class ListDataset<T>(IReadOnlyList<T> elements) : IndexedDataset<T>
{
    public override long Length => elements.Count;

    public override T ItemAt(long index, int epoch) => elements[(int)index];
}

/// <summary>The numbers 0 .. count - 1.</summary>
internal sealed class RangeDataset(int count) : IndexedDataset<int>
{
    public override long Length => count;

    public override int ItemAt(long index, int epoch) => (int)index;
}

/// <summary>A stretch of an indexed dataset.</summary>
internal sealed class IndexedSliceDataset<T>(IndexedDataset<T> source, long offset, long count) : IndexedDataset<T>
{
    public override long Length => Math.Min(count, Math.Max(0, source.Length - offset));

    public override T ItemAt(long index, int epoch) => source.ItemAt(offset + index, epoch);
}

/// <summary>Pairs of two indexed datasets' elements.</summary>
internal sealed class IndexedZipDataset<TFirst, TSecond>(IndexedDataset<TFirst> first, IndexedDataset<TSecond> second)
    : IndexedDataset<(TFirst First, TSecond Second)>
{
    public override long Length => Math.Min(first.Length, second.Length);

    public override (TFirst First, TSecond Second) ItemAt(long index, int epoch) => (first.ItemAt(index, epoch), second.ItemAt(index, epoch));
}
