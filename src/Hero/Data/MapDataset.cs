namespace Hero.Data;

/// <summary>A function of every element, in order, on one thread or several.</summary>
internal sealed class MapDataset<T, TResult>(Dataset<T> source, Func<Leased<T>, Position, Leased<TResult>> function, int parallelism)
    : Dataset<TResult>
{
    public override long? Count => source.Count;

    internal override Cursor<TResult> Open(int epoch, long start, CancellationToken cancellationToken)
    {
        var cursor = source.Open(epoch, start, cancellationToken);
        return parallelism == 1
            ? new MapCursor(cursor, function, epoch, start)
            : new ParallelMapCursor<T, TResult>(cursor, function, parallelism, epoch, start);
    }

    private sealed class MapCursor(Cursor<T> source, Func<Leased<T>, Position, Leased<TResult>> function, int epoch, long start) : Cursor<TResult>
    {
        private long index = start;

        public override bool Next(out Leased<TResult> item)
        {
            item = default;
            if (!source.Next(out var element)) return false;
            item = function(element, new(epoch, index++));
            return true;
        }

        public override void Dispose() => source.Dispose();
    }
}
