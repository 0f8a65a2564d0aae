namespace Hero.Data;

/// <summary>Pairs of two datasets' elements.</summary>
internal sealed class ZipDataset<TFirst, TSecond>(Dataset<TFirst> first, Dataset<TSecond> second) : Dataset<(TFirst First, TSecond Second)>
{
    public override long? Count => first.Count is { } a && second.Count is { } b ? Math.Min(a, b) : null;

    internal override Cursor<(TFirst First, TSecond Second)> Open(int epoch, long start, CancellationToken cancellationToken)
    {
        var one = first.Open(epoch, start, cancellationToken);
        try
        {
            return new ZipCursor(one, second.Open(epoch, start, cancellationToken));
        }
        catch
        {
            one.Dispose();
            throw;
        }
    }

    private sealed class ZipCursor(Cursor<TFirst> first, Cursor<TSecond> second) : Cursor<(TFirst First, TSecond Second)>
    {
        public override bool Next(out Leased<(TFirst First, TSecond Second)> item)
        {
            item = default;
            if (!first.Next(out var one)) return false;
            if (!second.Next(out var two))
            {
                one.Lease?.Release();
                return false;
            }
            var lease = one.Lease is null || two.Lease is null ? one.Lease ?? two.Lease : new LeaseGroup([one.Lease, two.Lease]);
            item = new((one.Value, two.Value), lease);
            return true;
        }

        public override void Dispose()
        {
            try
            {
                first.Dispose();
            }
            finally
            {
                second.Dispose();
            }
        }
    }
}

/// <summary>Several leases given back together.</summary>
internal sealed class LeaseGroup(IReadOnlyList<Lease> leases) : Lease
{
    public override void Release()
    {
        foreach (var lease in leases) lease.Release();
    }
}
