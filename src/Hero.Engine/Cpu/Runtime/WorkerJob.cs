using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Hero.Cpu.Runtime;

/// <summary>
/// A place for one piece of parallel work: a function that takes items until none is left, run by the caller and by every worker that
/// arrives in time. Workers register at a gate before they touch the work, and the caller leaves only when the gate is shut and nobody
/// is registered: a worker that comes late finds it shut and costs the caller nothing. Each thread begins with a stretch of its own,
/// the same one for as many items, so that it finds in its cache what it left there in the step before; then it helps the others.
/// </summary>
internal sealed unsafe class WorkerJob(int threadCount)
{
    private const int Open = 1 << 24;   // added to the gate's count of registered workers while there is work

    // Each is a cache line to write before the work can begin.
    private const int MostStretches = 16;

    private delegate*<WorkerJob, void*, int, void> drain;
    private void* body;
    private int items;
    private int stretches;
    private Exception? failure;

    private PaddedCounter claimed;   // 1 while some caller has the place
    private PaddedCounter gate;
    private readonly PaddedCounter[] next = new PaddedCounter[Math.Min(threadCount, MostStretches)];   // of each stretch

    public bool TryClaim() => Volatile.Read(ref claimed.Value) == 0 && Interlocked.CompareExchange(ref claimed.Value, 1, 0) == 0;

    /// <summary>The next item nobody has taken, or -1.</summary>
    /// <param name="member">Which thread asks: the caller is 0.</param>
    public int NextItem(int member)
    {
        for (var i = 0; i < stretches; i++)
        {
            var stretch = (member + i) % stretches;
            var end = Start(stretch + 1);
            ref var place = ref next[stretch].Value;
            if (Volatile.Read(ref place) >= end) continue;
            var item = Interlocked.Increment(ref place) - 1;
            if (item < end) return item;
        }
        return -1;
    }

    /// <summary>Lets workers in; the caller has claimed the place.</summary>
    public void Publish(int itemCount, void* address, delegate*<WorkerJob, void*, int, void> function)
    {
        drain = function;
        body = address;
        items = itemCount;
        stretches = Math.Min(itemCount, next.Length);
        for (var stretch = 0; stretch < stretches; stretch++) next[stretch].Value = Start(stretch);
        Interlocked.Add(ref gate.Value, Open);
    }

    /// <summary>The caller's part: works, shuts the gate, waits for the others and gives the place free. Throws what a body threw.</summary>
    public void Finish(bool spins)
    {
        TakePart(0);
        Interlocked.Add(ref gate.Value, -Open);
        if (Volatile.Read(ref gate.Value) != 0) AwaitWorkers(spins);

        var error = failure;
        failure = null;
        Volatile.Write(ref claimed.Value, 0);
        if (error is not null) ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>A worker's part, if it comes in time.</summary>
    public void Join(int member)
    {
        if ((Volatile.Read(ref gate.Value) & Open) == 0) return;
        if ((Interlocked.Increment(ref gate.Value) & Open) != 0) TakePart(member);
        Interlocked.Decrement(ref gate.Value);
    }

    private int Start(int stretch) => (int)((long)items * stretch / stretches);

    private void TakePart(int member)
    {
        try
        {
            drain(this, body, member);
        }
#pragma warning disable CA1031 // whatever a body throws belongs to the caller, who gets it after the join
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref failure, error, null);
            for (var stretch = 0; stretch < stretches; stretch++) Volatile.Write(ref next[stretch].Value, items);
        }
    }

    private void AwaitWorkers(bool spins)
    {
        var patience = new Patience(spins);
        while (Volatile.Read(ref gate.Value) != 0)
            if (!patience.Spin()) Thread.Yield();
    }
}

/// <summary>A counter on cache lines of its own: two each side, because processors fetch lines in pairs.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedCounter
{
    [FieldOffset(128)] public int Value;
}
