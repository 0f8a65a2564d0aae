using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Hero.Cpu.Runtime;

/// <summary>
/// The threads of a <see cref="WorkerTeam"/> and the one job they may have. A job is a function that takes items until none is left;
/// the caller and every worker that arrives in time run it. Workers register at a gate before they touch the job, and the caller
/// leaves only when the gate is shut and nobody is registered: a worker that wakes late finds it shut and costs the caller nothing.
/// </summary>
internal sealed unsafe class WorkerCrew
{
    private const int Open = 1 << 24;   // added to the gate's count of registered workers while there is a job
    private static readonly long SpinTicks = Stopwatch.Frequency / 20_000;   // 50 microseconds

    private readonly bool spins;
    private Worker[]? workers;
    private volatile bool retired;

    private delegate*<WorkerCrew, void*, void> job;
    private void* body;
    private int items;
    private Exception? failure;

    private Padded claimed;   // 1 while some thread has the team
    private Padded gate;
    private Padded next;
    private Padded epoch;     // changes with every job: what idle workers watch

    public WorkerCrew(int threadCount)
    {
        ThreadCount = threadCount;
        spins = threadCount <= Environment.ProcessorCount;
    }

    public int ThreadCount { get; }

    public bool TryClaim() => Volatile.Read(ref claimed.Value) == 0 && Interlocked.CompareExchange(ref claimed.Value, 1, 0) == 0;

    /// <summary>The next item nobody has taken, or -1.</summary>
    public int NextItem()
    {
        if (Volatile.Read(ref next.Value) >= items) return -1;
        var item = Interlocked.Increment(ref next.Value) - 1;
        return item < items ? item : -1;
    }

    /// <summary>Runs a job; the caller has claimed the crew, and this releases it.</summary>
    public void Run(int itemCount, void* address, delegate*<WorkerCrew, void*, void> drain)
    {
        workers ??= Start();
        job = drain;
        body = address;
        items = itemCount;
        next.Value = 0;
        Interlocked.Add(ref gate.Value, Open);
        Interlocked.Increment(ref epoch.Value);
        Wake(itemCount - 1);
        TakePart();
        Interlocked.Add(ref gate.Value, -Open);
        AwaitWorkers();

        var error = failure;
        failure = null;
        Volatile.Write(ref claimed.Value, 0);
        if (error is not null) ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Lets the threads end once they have no job.</summary>
    public void Retire()
    {
        retired = true;
        Interlocked.Increment(ref epoch.Value);
        Wake(ThreadCount);
    }

    private void TakePart()
    {
        try
        {
            job(this, body);
        }
#pragma warning disable CA1031 // whatever a body throws belongs to the caller, who gets it after the join
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref failure, error, null);
            Volatile.Write(ref next.Value, items);
        }
    }

    private void AwaitWorkers()
    {
        if (Volatile.Read(ref gate.Value) == 0) return;
        var deadline = Stopwatch.GetTimestamp() + SpinTicks;
        while (Volatile.Read(ref gate.Value) != 0)
        {
            if (spins && Stopwatch.GetTimestamp() < deadline) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    private Worker[] Start()
    {
        var started = new Worker[ThreadCount - 1];
        for (var i = 0; i < started.Length; i++)
        {
            var worker = started[i] = new Worker();
            var thread = new Thread(() => Live(worker)) { IsBackground = true, Name = $"Hero worker {i + 1}" };
            thread.UnsafeStart();
        }
        return started;
    }

    private void Wake(int wanted)
    {
        var list = workers;
        if (list is null) return;
        foreach (var worker in list)
        {
            if (wanted <= 0) return;
            wanted--;
            if (Volatile.Read(ref worker.Asleep) != 0 && Interlocked.Exchange(ref worker.Asleep, 0) != 0) worker.Rouse();
        }
    }

    private void Live(Worker worker)
    {
        var seen = 0;
        while (true)
        {
            seen = AwaitEpoch(worker, seen);
            if ((Interlocked.Increment(ref gate.Value) & Open) != 0) TakePart();
            Interlocked.Decrement(ref gate.Value);
            if (retired) break;
        }
    }

    private int AwaitEpoch(Worker worker, int seen)
    {
        var deadline = spins ? Stopwatch.GetTimestamp() + SpinTicks : 0;
        while (true)
        {
            var now = Volatile.Read(ref epoch.Value);
            if (now != seen) return now;
            if (Stopwatch.GetTimestamp() < deadline)
            {
                Thread.SpinWait(1);
                continue;
            }

            // Say so first, look again second: a job published in between is either seen here or sees the sleeper.
            Interlocked.Exchange(ref worker.Asleep, 1);
            if (Volatile.Read(ref epoch.Value) == seen || Interlocked.Exchange(ref worker.Asleep, 0) == 0) worker.Sleep();
        }
    }

    private sealed class Worker
    {
        public int Asleep;

        private readonly object signal = new();
        private bool signalled;

        public void Sleep()
        {
            lock (signal)
            {
                while (!signalled) Monitor.Wait(signal);
                signalled = false;
            }
        }

        public void Rouse()
        {
            lock (signal)
            {
                signalled = true;
                Monitor.Pulse(signal);
            }
        }
    }

    /// <summary>A counter on cache lines of its own: two each side, because processors fetch lines in pairs.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Padded
    {
        [FieldOffset(128)] public int Value;
    }
}
