namespace Hero.Data;

/// <summary>A stretch of any dataset.</summary>
internal sealed class SliceDataset<T>(Dataset<T> source, long offset, long count) : Dataset<T>
{
    public override long? Count => source.Count is { } all ? Math.Min(count, Math.Max(0, all - offset)) : null;

    internal override Cursor<T> Open(int epoch, long start, CancellationToken cancellationToken) =>
        new SliceCursor<T>(source.Open(epoch, checked(offset + Math.Min(start, count)), cancellationToken), 0, Math.Max(0, count - start));
}

/// <summary>Passes over elements, then gives a number of them.</summary>
internal sealed class SliceCursor<T>(Cursor<T> source, long skip, long take) : Cursor<T>
{
    private long toSkip = skip;
    private long left = take;

    public override bool Next(out Leased<T> item)
    {
        for (; toSkip > 0; toSkip--)
        {
            if (!source.Next(out item)) return false;
            item.Lease?.Release();
        }
        item = default;
        if (left == 0) return false;
        left--;
        return source.Next(out item);
    }

    public override void Dispose() => source.Dispose();
}
