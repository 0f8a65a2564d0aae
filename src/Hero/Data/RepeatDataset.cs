namespace Hero.Data;

/// <summary>Several epochs of a dataset, or all of them, as one.</summary>
internal sealed class RepeatDataset<T>(Dataset<T> source, int? count) : Dataset<T>
{
    public override long? Count => source.Count * count;

    internal override Cursor<T> Open(int epoch, long start, CancellationToken cancellationToken) =>
        new RepeatCursor(source, epoch * (long)(count ?? 1), count ?? long.MaxValue, start, cancellationToken);

    private sealed class RepeatCursor(Dataset<T> source, long first, long rounds, long start, CancellationToken cancellationToken) : Cursor<T>
    {
        private Cursor<T>? current;
        private long toSkip = start;
        private long round;

        public override bool Next(out Leased<T> item)
        {
            item = default;
            while (round < rounds)
            {
                var opened = current is null;
                if (opened && source.Count is { } length)
                {
                    // Whole rounds that are passed over are not opened.
                    if (length == 0) return false;
                    var whole = Math.Min(toSkip / length, rounds - round);
                    round += whole;
                    toSkip -= whole * length;
                    if (round == rounds) return false;
                }
                var from = opened && source.Count is not null ? toSkip : 0;
                current ??= source.Open(checked((int)(first + round)), from, cancellationToken);
                toSkip -= from;
                var any = false;
                while (current.Next(out item))
                {
                    if (toSkip == 0) return true;
                    toSkip--;
                    item.Lease?.Release();
                    any = true;
                }
                current.Dispose();
                current = null;
                round++;
                if (opened && !any && from == 0) return false; // an empty round: all are, and waiting for an element would never end
            }
            return false;
        }

        public override void Dispose() => current?.Dispose();
    }
}
