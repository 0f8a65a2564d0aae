using System.Collections.Concurrent;
using Hero.Data;

namespace Hero.Vision.Retraining;

/// <summary>Batches made ahead on background threads while the network is busy with the one before.</summary>
internal sealed class PictureBatches(int size, PictureInput input)
{
    private static readonly int Threads = Math.Max(1, Environment.ProcessorCount / 2); // the network needs the processors more
    private readonly ConcurrentBag<PictureBatch> idle = [];

    public int Size => size;

    /// <summary>Makes the batches start .. count - 1 in order. A batch is valid until the next one is asked for.</summary>
    /// <param name="start">The first batch's number.</param>
    /// <param name="count">One more than the last one's number.</param>
    /// <param name="fill">Fills a batch, called from several threads.</param>
    /// <param name="cancellationToken">Ends the sequence with an exception.</param>
    public IEnumerable<PictureBatch> Run(int start, int count, Action<int, PictureBatch> fill, CancellationToken cancellationToken = default)
    {
        // A worker decodes a whole batch: many workers for little work would hold much memory.
        var workers = Math.Min(Threads, Math.Max(1, count - start));
        var batches = Dataset.Range(count).Skip(start).Map(number =>
        {
            var batch = idle.TryTake(out var used) ? used : new PictureBatch(size, input);
            fill(number, batch);
            return batch;
        }, workers).Prefetch(1);
        foreach (var batch in batches.Epoch(cancellationToken: cancellationToken))
        {
            yield return batch;
            idle.Add(batch);
        }
    }
}
