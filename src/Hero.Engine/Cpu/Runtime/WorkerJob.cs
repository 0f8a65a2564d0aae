using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Hero.Cpu.Runtime;

/// <summary>
/// A place for one piece of parallel work: a function that takes items until none is left, run by the caller and by every worker that
/// arrives in time. Workers register at a gate before they touch the work, and the caller leaves only when the gate is shut and nobody
/// is registered: a worker that comes late finds it shut and costs the caller nothing.
/// </summary>
internal sealed unsafe class WorkerJob
{
    private const int Open = 1 << 24;   // added to the gate's count of registered workers while there is work

    private delegate*<WorkerJob, void*, void> drain;
    private void* body;
    private int items;
    private Exception? failure;

    private PaddedCounter claimed;   // 1 while some caller has the place
    private PaddedCounter gate;
    private PaddedCounter next;

    public bool TryClaim() => Volatile.Read(ref claimed.Value) == 0 && Interlocked.CompareExchange(ref claimed.Value, 1, 0) == 0;

    /// <summary>The next item nobody has taken, or -1.</summary>
    public int NextItem()
    {
        if (Volatile.Read(ref next.Value) >= items) return -1;
        var item = Interlocked.Increment(ref next.Value) - 1;
        return item < items ? item : -1;
    }

    /// <summary>Lets workers in; the caller has claimed the place.</summary>
    public void Publish(int itemCount, void* address, delegate*<WorkerJob, void*, void> function)
    {
        drain = function;
        body = address;
        items = itemCount;
        next.Value = 0;
        Interlocked.Add(ref gate.Value, Open);
    }

    /// <summary>The caller's part: works, shuts the gate, waits for the others and gives the place free. Throws what a body threw.</summary>
    public void Finish(bool spins)
    {
        TakePart();
        Interlocked.Add(ref gate.Value, -Open);
        if (Volatile.Read(ref gate.Value) != 0) AwaitWorkers(spins);

        var error = failure;
        failure = null;
        Volatile.Write(ref claimed.Value, 0);
        if (error is not null) ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>A worker's part, if it comes in time.</summary>
    public void Join()
    {
        if ((Volatile.Read(ref gate.Value) & Open) == 0) return;
        if ((Interlocked.Increment(ref gate.Value) & Open) != 0) TakePart();
        Interlocked.Decrement(ref gate.Value);
    }

    private void TakePart()
    {
        try
        {
            drain(this, body);
        }
#pragma warning disable CA1031 // whatever a body throws belongs to the caller, who gets it after the join
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref failure, error, null);
            Volatile.Write(ref next.Value, items);
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
