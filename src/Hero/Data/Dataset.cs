namespace Hero.Data;

/// <summary>
/// A sequence of elements (samples, batches) that is gone through once per epoch; the operators build the way from the source to
/// the training loop, as tf.data does. An epoch is asked for by its number, and the same number always gives the same elements
/// in the same order, on any number of threads: <c>Epoch(7, start: 100)</c> goes on exactly where a stopped run was.
/// </summary>
/// <example><code>
/// var batches = Dataset.From(files).Shuffle(seed: 1).Map(Decode, parallelism: 4).Batch(32).Prefetch();
/// for (var epoch = 0; epoch &lt; 10; epoch++)
///     foreach (var batch in batches.Epoch(epoch)) Train(batch);
/// </code></example>
/// <typeparam name="T">The element type. An element may live in memory that is used again: it is valid until the next one is asked for.</typeparam>
public abstract class Dataset<T>
{
    private protected Dataset()
    {
    }

    /// <summary>The number of elements of an epoch; null where it is not known before, or has no end.</summary>
    public abstract long? Count { get; }

    /// <summary>The elements of an epoch, in order. Leaving the loop early stops all work behind it.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    /// <param name="start">The first element to give: those before it are passed over, where possible without being made.</param>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/> before its next element, once the function that
    /// is just running has come back.</param>
    public IEnumerable<T> Epoch(int epoch = 0, long start = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        return Elements(epoch, start, cancellationToken);
    }

    /// <summary>
    /// The elements in random order. A source that is reached by number (a list, an array, a range; also parts of them and pairs) is
    /// shuffled completely; of anything else a buffer is kept and each element drawn from it. So shuffle first, then map.
    /// </summary>
    /// <param name="seed">The same seed and epoch give the same order.</param>
    /// <param name="reshuffleEachEpoch">Each epoch has an order of its own; false: all have epoch 0's.</param>
    /// <param name="bufferSize">Elements held back when the source cannot be reached by number.</param>
    public Dataset<T> Shuffle(long seed, bool reshuffleEachEpoch = true, int bufferSize = 10_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferSize);
        return ShuffleCore(seed, reshuffleEachEpoch, bufferSize);
    }

    /// <summary>Groups of <paramref name="size"/> elements, each a new array; the last is shorter when the elements do not come out even.</summary>
    /// <param name="size">Elements per batch.</param>
    /// <param name="dropRemainder">Leaves a shorter last batch out.</param>
    public Dataset<T[]> Batch(int size, bool dropRemainder = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return new BatchDataset<T>(this, size, dropRemainder);
    }

    /// <summary>A function of each element, in the elements' order.</summary>
    /// <param name="function">Called once per element; with <paramref name="parallelism"/> above 1 from several threads at a time.</param>
    /// <param name="parallelism">How many elements are worked on at a time.</param>
    public Dataset<TResult> Map<TResult>(Func<T, TResult> function, int parallelism = 1)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Map((element, _) => function(element), parallelism);
    }

    /// <summary>
    /// A function of each element and its place, in the elements' order. Random changes take their chance from the place
    /// (and a seed): then they are the same on any number of threads and when a run is resumed.
    /// </summary>
    /// <param name="function">Called once per element; with <paramref name="parallelism"/> above 1 from several threads at a time.</param>
    /// <param name="parallelism">How many elements are worked on at a time.</param>
    public Dataset<TResult> Map<TResult>(Func<T, Position, TResult> function, int parallelism = 1)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parallelism);
        return new MapDataset<T, TResult>(this, (item, position) => new(function(item.Value, position), item.Lease), parallelism);
    }

    /// <summary>
    /// Makes up to <paramref name="depth"/> elements ahead on a thread of its own, so that the loop finds the next one ready. An
    /// exception on the way reaches the loop where its element was due; the thread ends with the loop.
    /// </summary>
    public Dataset<T> Prefetch(int depth = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        return new PrefetchDataset<T>(this, depth);
    }

    /// <summary>The first <paramref name="count"/> elements of each epoch.</summary>
    public Dataset<T> Take(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Slice(0, count);
    }

    /// <summary>All but the first <paramref name="count"/> elements of each epoch.</summary>
    public Dataset<T> Skip(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Slice(count, long.MaxValue);
    }

    /// <summary>Several epochs of this set as one: epoch k holds the epochs k·<paramref name="count"/> and on.</summary>
    /// <param name="count">How many; null: without end, beginning with epoch k.</param>
    public Dataset<T> Repeat(int? count = null)
    {
        if (count is { } given) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given, nameof(count));
        return new RepeatDataset<T>(this, count);
    }

    /// <summary>Pairs of this set's and another's elements; it ends with the shorter one.</summary>
    public Dataset<(T First, TOther Second)> Zip<TOther>(Dataset<TOther> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this is IndexedDataset<T> first && other is IndexedDataset<TOther> second
            ? new IndexedZipDataset<T, TOther>(first, second)
            : new ZipDataset<T, TOther>(this, other);
    }

    /// <summary>As Map, into results that are used again: <paramref name="fill"/> writes all of a result that <paramref name="create"/> once made.</summary>
    internal Dataset<TResult> MapInto<TResult>(Func<TResult> create, Action<T, Position, TResult> fill, int parallelism = 1)
    {
        var pool = new Pool<TResult>(create);
        return new MapDataset<T, TResult>(this, (item, position) =>
        {
            var result = pool.Rent();
            fill(item.Value, position, result.Value);
            item.Lease?.Release();
            return result;
        }, parallelism);
    }

    /// <summary>A run through an epoch, from an element on.</summary>
    internal abstract Cursor<T> Open(int epoch, long start, CancellationToken cancellationToken);

    internal virtual Dataset<T> ShuffleCore(long seed, bool reshuffleEachEpoch, int bufferSize) =>
        new BufferShuffleDataset<T>(this, seed, reshuffleEachEpoch, bufferSize);

    internal virtual Dataset<T> Slice(long offset, long count) => new SliceDataset<T>(this, offset, count);

    private IEnumerable<T> Elements(int epoch, long start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var cursor = Open(epoch, start, cancellationToken);
        while (cursor.Next(out var item))
        {
            try
            {
                yield return item.Value;
            }
            finally
            {
                item.Lease?.Release();
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>Where <see cref="Dataset{T}"/>s begin.</summary>
public static class Dataset
{
    /// <summary>The elements of a list or array. It is not copied; changing it while it is in use is not allowed.</summary>
    public static Dataset<T> From<T>(IReadOnlyList<T> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        return new ListDataset<T>(elements);
    }

    /// <summary>
    /// The elements of a sequence that is opened anew for each epoch: lines of a file, rows of a query. For an
    /// <see cref="IAsyncEnumerable{T}"/> give its <c>ToBlockingEnumerable()</c> and add <see cref="Dataset{T}.Prefetch"/>.
    /// </summary>
    public static Dataset<T> From<T>(Func<IEnumerable<T>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return new SequenceDataset<T>(open);
    }

    /// <summary>The numbers 0 .. <paramref name="count"/> - 1.</summary>
    public static Dataset<int> Range(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new RangeDataset(count);
    }
}
