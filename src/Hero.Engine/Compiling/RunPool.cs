using System.Collections.Concurrent;

namespace Hero.Compiling;

/// <summary>
/// Runs of a plan that wait to be used again. A thread looks first where it left one itself, so that threads that run the same plan at
/// the same time do not pull a cache line from one another; a run that is idle anywhere is taken before a new one is made.
/// </summary>
internal sealed class RunPool
{
    private const int Places = 8;       // a power of two
    private const int Distance = 16;    // references between two places: two cache lines

    private readonly PlanRun?[] places = new PlanRun?[Places * Distance];
    // No ConcurrentBag: the first one of a process makes an event source, which takes longer than a small plan's compilation.
    private readonly ConcurrentQueue<PlanRun> rest = [];

    public PlanRun? TryTake()
    {
        var first = Environment.CurrentManagedThreadId;
        for (var i = 0; i < Places; i++)
        {
            ref var place = ref places[((first + i) & (Places - 1)) * Distance];
            if (Volatile.Read(ref place) is not null && Interlocked.Exchange(ref place, null) is { } run) return run;
        }
        return rest.TryDequeue(out var other) ? other : null;
    }

    public void Add(PlanRun run)
    {
        var first = Environment.CurrentManagedThreadId;
        for (var i = 0; i < Places; i++)
        {
            ref var place = ref places[((first + i) & (Places - 1)) * Distance];
            if (Volatile.Read(ref place) is null && Interlocked.CompareExchange(ref place, run, null) is null) return;
        }
        rest.Enqueue(run);
    }
}
