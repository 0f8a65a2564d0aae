using System.Runtime.ExceptionServices;

namespace Hero.Data;

/// <summary>Elements made ahead on a thread of its own, which lives from the first element asked for to the end of the loop.</summary>
internal sealed class PrefetchDataset<T>(Dataset<T> source, int depth) : Dataset<T>
{
    public override long? Count => source.Count;

    internal override Cursor<T> Open(int epoch, long start, CancellationToken cancellationToken) =>
        new PrefetchCursor<T>(() => source.Open(epoch, start, cancellationToken), depth, cancellationToken);
}

/// <summary>The loop's end of a prefetched run.</summary>
internal sealed class PrefetchCursor<T> : Cursor<T>
{
    private readonly Producer producer;
    private readonly Thread thread;
    private readonly CancellationTokenRegistration cancelled;

    public PrefetchCursor(Func<Cursor<T>> open, int depth, CancellationToken cancellationToken)
    {
        producer = new Producer(open, depth, cancellationToken);
        cancelled = cancellationToken.UnsafeRegister(static state => ((Producer)state!).Wake(), producer);
        thread = new Thread(producer.Run) { IsBackground = true, Name = "hero-prefetch" };
        thread.Start();
    }

    // A loop written by hand that is dropped without Dispose: the thread knows the producer only, so this still comes to pass.
    ~PrefetchCursor() => producer.Stop();

    public override bool Next(out Leased<T> item) => producer.TakeNext(out item);

    public override void Dispose()
    {
        cancelled.Dispose();
        producer.Stop();
        thread.Join();
        producer.ReleaseRest();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the thread and the loop share: a ring of elements that are ready.</summary>
    private sealed class Producer(Func<Cursor<T>> open, int depth, CancellationToken cancellationToken)
    {
        private readonly object gate = new();
        private readonly Queue<Leased<T>> ready = new(depth);
        private ExceptionDispatchInfo? error;
        private bool ended;
        private bool stopped;

        public void Run()
        {
            try
            {
                using var source = open();
                while (WaitForRoom() && source.Next(out var item)) Add(item);
            }
            catch (Exception failure)
            {
                error = ExceptionDispatchInfo.Capture(failure);
            }
            lock (gate)
            {
                ended = true;
                Monitor.PulseAll(gate);
            }
        }

        public bool TakeNext(out Leased<T> item)
        {
            lock (gate)
            {
                while (ready.Count == 0 && !ended && !cancellationToken.IsCancellationRequested) Monitor.Wait(gate);
                cancellationToken.ThrowIfCancellationRequested(); // also when an element is ready: the thread may have ended before its time
                if (ready.TryDequeue(out item))
                {
                    Monitor.PulseAll(gate);
                    return true;
                }
            }
            error?.Throw();
            return false;
        }

        public void Stop()
        {
            lock (gate)
            {
                stopped = true;
                Monitor.PulseAll(gate);
            }
        }

        public void Wake()
        {
            lock (gate) Monitor.PulseAll(gate);
        }

        public void ReleaseRest()
        {
            while (ready.TryDequeue(out var item)) item.Lease?.Release();
        }

        private bool WaitForRoom()
        {
            lock (gate)
            {
                while (ready.Count == depth && !stopped) Monitor.Wait(gate);
                return !stopped && !cancellationToken.IsCancellationRequested;
            }
        }

        private void Add(Leased<T> item)
        {
            lock (gate)
            {
                ready.Enqueue(item);
                Monitor.PulseAll(gate);
            }
        }
    }
}
