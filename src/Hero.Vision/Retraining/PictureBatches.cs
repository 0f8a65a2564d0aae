using System.Collections.Concurrent;
using System.Diagnostics;
using Hero.Cpu.Runtime;
using Hero.Data;

namespace Hero.Vision.Retraining;

/// <summary>Batches made ahead on background threads while the network is busy with the one before.</summary>
internal sealed class PictureBatches(int size, PictureInput input)
{
    private static readonly int Decoders = Math.Max(1, Environment.ProcessorCount / 2); // the network needs the processors more
    private readonly ConcurrentBag<PictureBatch> idle = [];

    public int Size => size;

    /// <summary>How long those who asked for batches have waited for them.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Makes the batches start .. count - 1 in order. A batch is valid until the next one is asked for.</summary>
    /// <param name="start">The first batch's number.</param>
    /// <param name="count">One more than the last one's number.</param>
    /// <param name="fill">Fills a batch, called from several threads.</param>
    /// <param name="cancellationToken">Ends the sequence with an exception.</param>
    public IEnumerable<PictureBatch> Run(int start, int count, Action<int, PictureBatch> fill, CancellationToken cancellationToken = default)
    {
        // A worker decodes a whole batch: many workers for little work would hold much memory.
        var workers = Math.Min(Decoders, Math.Max(1, count - start));
        var batches = Dataset.Range(count).Skip(start).Map(number =>
        {
            var batch = idle.TryTake(out var used) ? used : new PictureBatch(size, input);
            // As one more at work: the network's steps get along with a thread less instead of waiting for one that has lost its processor.
            using var turn = WorkerTeam.Default.Enter();
            fill(number, batch);
            return batch;
        }, workers).Prefetch(1);
        using var ready = batches.Epoch(cancellationToken: cancellationToken).GetEnumerator();
        while (Next())
        {
            yield return ready.Current;
            idle.Add(ready.Current);
        }

        bool Next()
        {
            var asked = Stopwatch.GetTimestamp();
            var isThere = ready.MoveNext();
            Waited += Stopwatch.GetElapsedTime(asked);
            return isThere;
        }
    }
}
