namespace Hero.Data;

/// <summary>An indexed dataset in random order: one permutation of all its elements per epoch.</summary>
internal sealed class ShuffleDataset<T>(IndexedDataset<T> source, long seed, bool reshuffleEachEpoch) : IndexedDataset<T>
{
    private Order? last;

    public override long Length => source.Length;

    public override T ItemAt(long index, int epoch) => source.ItemAt(OrderOf(epoch)[index], epoch);

    // The last epoch's order is kept: the elements of an epoch are mostly asked for together. Two threads that both miss make it twice.
    private int[] OrderOf(int epoch)
    {
        if (!reshuffleEachEpoch) epoch = 0;
        var order = Volatile.Read(ref last);
        if (order is null || order.Epoch != epoch || order.Rows.Length != Length)
        {
            if (Length > Array.MaxLength) throw new InvalidOperationException($"Cannot shuffle {Length:N0} elements: expected at most {Array.MaxLength:N0}.");
            order = new Order(epoch, Permutation.Create((int)Length, seed, epoch));
            Volatile.Write(ref last, order);
        }
        return order.Rows;
    }

    private sealed record Order(int Epoch, int[] Rows);
}

/// <summary>Any dataset in random order, as far as a buffer of its elements allows: each is drawn from the buffer and replaced by the next.</summary>
internal sealed class BufferShuffleDataset<T>(Dataset<T> source, long seed, bool reshuffleEachEpoch, int bufferSize) : Dataset<T>
{
    public override long? Count => source.Count;

    internal override Cursor<T> Open(int epoch, long start, CancellationToken cancellationToken)
    {
        var cursor = new BufferCursor(source.Open(epoch, 0, cancellationToken), seed, reshuffleEachEpoch ? epoch : 0, bufferSize);
        return new SliceCursor<T>(cursor, start, long.MaxValue);
    }

    private sealed class BufferCursor(Cursor<T> source, long seed, int epoch, int bufferSize) : Cursor<T>
    {
        private readonly List<Leased<T>> buffer = [];
        private long drawn;
        private bool ended;

        public override bool Next(out Leased<T> item)
        {
            while (!ended && buffer.Count < bufferSize)
            {
                if (source.Next(out var more)) buffer.Add(more);
                else ended = true;
            }
            item = default;
            if (buffer.Count == 0) return false;
            var at = (int)Permutation.Below((ulong)buffer.Count, seed, epoch, drawn++);
            item = buffer[at];
            buffer[at] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
            return true;
        }

        public override void Dispose() => source.Dispose();
    }
}
