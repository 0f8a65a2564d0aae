namespace Hero.Data;

/// <summary>The elements of a sequence that is opened anew for each epoch.</summary>
internal sealed class SequenceDataset<T>(Func<IEnumerable<T>> open) : Dataset<T>
{
    public override long? Count => null;

    internal override Cursor<T> Open(int epoch, long start, CancellationToken cancellationToken) =>
        new SequenceCursor(open().GetEnumerator(), start);

    private sealed class SequenceCursor(IEnumerator<T> source, long start) : Cursor<T>
    {
        private long toSkip = start;

        public override bool Next(out Leased<T> item)
        {
            item = default;
            for (; toSkip > 0; toSkip--)
                if (!source.MoveNext()) return false;
            if (!source.MoveNext()) return false;
            item = new(source.Current, null);
            return true;
        }

        public override void Dispose() => source.Dispose();
    }
}
