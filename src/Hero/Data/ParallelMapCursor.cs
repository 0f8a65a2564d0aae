using System.Runtime.ExceptionServices;

namespace Hero.Data;

/// <summary>
/// A function of elements on several threads of the pool, results in the elements' order. Elements wait in a ring of slots, and up to
/// <c>parallelism</c> workers each take the next waiting one. The caller works itself on the element it needs when no worker has come
/// to it: a busy thread pool slows it down but never stops it.
/// </summary>
internal sealed class ParallelMapCursor<T, TResult> : Cursor<TResult>, IThreadPoolWorkItem
{
    private readonly Cursor<T> source;
    private readonly Func<Leased<T>, Position, Leased<TResult>> function;
    private readonly int parallelism;
    private readonly int epoch;
    private readonly long start;
    private readonly Slot[] slots;

    // Element i is in slot i % slots.Length; delivered <= taken <= filled <= delivered + slots.Length.
    private long delivered;
    private bool ended;
    private ExceptionDispatchInfo? sourceError;

    // Shared with the workers, under the gate.
    private readonly object gate = new();
    private long taken;
    private long filled;
    private int workers;
    private int busy;

    public ParallelMapCursor(Cursor<T> source, Func<Leased<T>, Position, Leased<TResult>> function, int parallelism, int epoch, long start)
    {
        this.source = source;
        this.function = function;
        this.parallelism = parallelism;
        this.epoch = epoch;
        this.start = start;
        slots = new Slot[2 * parallelism]; // twice, so that one slow element does not leave the workers without another
        for (var i = 0; i < slots.Length; i++) slots[i] = new Slot();
    }

    public override bool Next(out Leased<TResult> item)
    {
        Fill();
        item = default;
        if (delivered == filled)
        {
            sourceError?.Throw();
            return false;
        }
        var slot = slots[delivered % slots.Length];
        bool mine;
        lock (gate)
        {
            mine = taken == delivered;
            if (mine) Take();
            else while (!slot.Done) Monitor.Wait(gate);
        }
        if (mine) Work(slot);
        delivered++;
        item = slot.Output;
        slot.Output = default;
        slot.Error?.Throw();
        return true;
    }

    /// <summary>A worker: takes waiting elements until there are none.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            Slot slot;
            lock (gate)
            {
                // Also when the caller works in this one's place; the next element filled in calls for a worker again.
                if (taken == filled || busy == parallelism)
                {
                    workers--;
                    return;
                }
                slot = Take();
            }
            Work(slot);
        }
    }

    public override void Dispose()
    {
        lock (gate)
        {
            taken = filled; // what waits is not begun any more
            while (busy > 0) Monitor.Wait(gate);
        }
        for (; delivered < filled; delivered++)
        {
            var slot = slots[delivered % slots.Length];
            (slot.Done ? slot.Output.Lease : slot.Input.Lease)?.Release();
        }
        source.Dispose();
    }

    private void Fill()
    {
        while (!ended && filled - delivered < slots.Length)
        {
            Leased<T> element;
            try
            {
                if (!source.Next(out element))
                {
                    ended = true;
                    return;
                }
            }
            catch (Exception error)
            {
                // Thrown when all before it have been delivered.
                sourceError = ExceptionDispatchInfo.Capture(error);
                ended = true;
                return;
            }
            slots[filled % slots.Length].Set(element, new(epoch, start + filled));
            bool another;
            lock (gate)
            {
                filled++;
                another = workers < parallelism;
                if (another) workers++;
            }
            if (another) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private Slot Take()
    {
        busy++;
        return slots[taken++ % slots.Length];
    }

    private void Work(Slot slot)
    {
        try
        {
            slot.Output = function(slot.Input, slot.Position);
        }
        catch (Exception error)
        {
            slot.Error = ExceptionDispatchInfo.Capture(error);
        }
        lock (gate)
        {
            slot.Done = true;
            busy--;
            Monitor.PulseAll(gate);
        }
    }

    private sealed class Slot
    {
        public Leased<T> Input { get; private set; }

        public Position Position { get; private set; }

        public Leased<TResult> Output { get; set; }

        public ExceptionDispatchInfo? Error { get; set; }

        public bool Done { get; set; }

        public void Set(Leased<T> input, Position position)
        {
            Input = input;
            Position = position;
            Output = default;
            Error = null;
            Done = false;
        }
    }
}
