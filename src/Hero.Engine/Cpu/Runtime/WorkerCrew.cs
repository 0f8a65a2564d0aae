namespace Hero.Cpu.Runtime;

/// <summary>
/// The threads of a <see cref="WorkerTeam"/> and the jobs they may have, one for each caller. Callers count as threads of the crew: with
/// each more that is at work one worker less takes part, so that as many threads compute as the crew has, whoever they are.
/// </summary>
internal sealed unsafe class WorkerCrew
{
    private readonly bool spins;
    private readonly WorkerJob[] jobs;
    private readonly Lock starting = new();
    private Worker[]? workers;
    private volatile bool retired;

    private PaddedCounter callers;   // that said they are at work
    private PaddedCounter epoch;     // changes with every job: what idle workers watch

    public WorkerCrew(int threadCount)
    {
        ThreadCount = threadCount;
        spins = threadCount <= Environment.ProcessorCount;
        jobs = new WorkerJob[Math.Max(1, threadCount - 1)];
        for (var i = 0; i < jobs.Length; i++) jobs[i] = new WorkerJob(threadCount);
    }

    public int ThreadCount { get; }

    /// <summary>How many workers may be at work besides the callers.</summary>
    private int Allowed => ThreadCount - Math.Max(1, Volatile.Read(ref callers.Value));

    /// <summary>A caller begins work of many steps: those who sleep are woken before the first step asks for them.</summary>
    public void Enter()
    {
        Interlocked.Increment(ref callers.Value);
        if (workers is { } list) Wake(list, Allowed);
    }

    public void Leave() => Interlocked.Decrement(ref callers.Value);

    /// <summary>A place for a job; null where all threads have work of their own.</summary>
    public WorkerJob? Claim()
    {
        if (Allowed <= 0) return null;
        foreach (var job in jobs)
            if (job.TryClaim()) return job;
        return null;
    }

    /// <summary>Runs a job that was claimed.</summary>
    public void Run(WorkerJob job, int items, void* body, delegate*<WorkerJob, void*, int, void> drain)
    {
        var list = workers ?? Start();
        job.Publish(items, body, drain);
        Interlocked.Increment(ref epoch.Value);
        Wake(list, Math.Min(items - 1, Allowed));
        job.Finish(spins);
    }

    /// <summary>Lets the threads end once they have no job.</summary>
    public void Retire()
    {
        retired = true;
        Interlocked.Increment(ref epoch.Value);
        lock (starting)
            if (workers is { } list) Wake(list, list.Length);
    }

    private Worker[] Start()
    {
        lock (starting)
        {
            if (workers is { } known) return known;
            var started = new Worker[ThreadCount - 1];
            for (var i = 0; i < started.Length; i++)
            {
                var worker = started[i] = new Worker(i);
                var thread = new Thread(() => Live(worker)) { IsBackground = true, Name = $"Hero worker {i + 1}" };
                thread.UnsafeStart();
            }
            return workers = started;
        }
    }

    private static void Wake(Worker[] list, int wanted)
    {
        for (var i = 0; i < wanted; i++)
        {
            var worker = list[i];
            if (Volatile.Read(ref worker.Asleep) != 0 && Interlocked.Exchange(ref worker.Asleep, 0) != 0) worker.Rouse();
        }
    }

    private void Live(Worker worker)
    {
        WorkerTeam.StayAlone();
        var seen = 0;
        while (!retired)
        {
            seen = AwaitEpoch(worker, seen);
            // Each begins with another job, so that they spread over those there are.
            for (var i = 0; i < jobs.Length && worker.Index < Allowed; i++) jobs[(worker.Index + i) % jobs.Length].Join(worker.Index + 1);
        }
    }

    private int AwaitEpoch(Worker worker, int seen)
    {
        var patience = new Patience(spins);
        while (true)
        {
            var now = Volatile.Read(ref epoch.Value);
            if (now != seen) return now;
            if (worker.Index < Allowed && patience.Spin()) continue;

            // Say so first, look again second: a job published in between is either seen here or sees the sleeper.
            Interlocked.Exchange(ref worker.Asleep, 1);
            if (Volatile.Read(ref epoch.Value) == seen || Interlocked.Exchange(ref worker.Asleep, 0) == 0) worker.Sleep();
            patience = new Patience(spins);   // woken for a job, or for one that is soon to come
        }
    }

    private sealed class Worker(int index)
    {
        public int Asleep;

        private readonly object signal = new();
        private bool signalled;

        public int Index { get; } = index;

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
}
