namespace Hero.Data;

/// <summary>Elements in groups, each group a new array.</summary>
internal sealed class BatchDataset<T>(Dataset<T> source, int size, bool dropRemainder) : Dataset<T[]>
{
    public override long? Count => source.Count is { } all ? dropRemainder ? all / size : all / size + (all % size > 0 ? 1 : 0) : null;

    internal override Cursor<T[]> Open(int epoch, long start, CancellationToken cancellationToken) =>
        new BatchCursor(source.Open(epoch, checked(start * size), cancellationToken), size, dropRemainder);

    private sealed class BatchCursor(Cursor<T> source, int size, bool dropRemainder) : Cursor<T[]>
    {
        private bool ended;

        public override bool Next(out Leased<T[]> item)
        {
            item = default;
            if (ended) return false;
            var batch = new T[size];
            List<Lease>? leases = null;
            var got = 0;
            while (got < size && source.Next(out var element))
            {
                batch[got++] = element.Value;
                if (element.Lease is not null) (leases ??= []).Add(element.Lease);
            }
            ended = got < size;
            if (got == 0 || (ended && dropRemainder)) return false;
            if (ended) Array.Resize(ref batch, got);
            item = new(batch, leases is null ? null : new LeaseGroup(leases));
            return true;
        }

        public override void Dispose() => source.Dispose();
    }
}
