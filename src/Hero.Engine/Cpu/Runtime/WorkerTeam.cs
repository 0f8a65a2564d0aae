using System.Globalization;

namespace Hero.Cpu.Runtime;

/// <summary>One piece of parallel work: <see cref="Run"/> is called once for every item, on any thread, in any order.</summary>
internal interface IParallelBody
{
    void Run(int item);
}

/// <summary>
/// The fork-join team under all kernels. Work is cut into items by the caller, by shape and never by thread, so results
/// do not depend on how many threads there are. Threads start with the first parallel call, spin a few tens of
/// microseconds after each and then block. Safe to call from any thread: several callers share the threads evenly, and when there
/// are as many callers as threads each works on its own. A call made from inside a body runs on its own thread.
/// </summary>
internal sealed unsafe class WorkerTeam
{
    /// <summary>The environment variable that sets the thread count of <see cref="Default"/>.</summary>
    public const string CountVariable = "HERO_NUM_THREADS";

    public const int MaxThreadCount = 1024;

    private static WorkerTeam? shared;

    // True on workers, within a body, and while a caller wants no help.
    [ThreadStatic] private static bool alone;

    private volatile WorkerCrew crew;

    public WorkerTeam(int threadCount) => crew = new WorkerCrew(Checked(threadCount));

    /// <summary>The team every kernel uses.</summary>
    public static WorkerTeam Default => shared ?? CreateDefault();

    /// <summary>How many threads take part, the caller included.</summary>
    public int ThreadCount => crew.ThreadCount;

    /// <summary>
    /// Changes the number of threads. Calls already running finish with the threads they have. Waits for nothing, so it
    /// may be called from anywhere.
    /// </summary>
    public void Resize(int threadCount)
    {
        Checked(threadCount);
        if (threadCount == crew.ThreadCount) return;
        var retired = Interlocked.Exchange(ref crew, new WorkerCrew(threadCount));
        retired.Retire();
    }

    /// <summary>
    /// Runs <paramref name="body"/> for items 0 .. <paramref name="items"/> - 1 and returns when all are done. Every thread
    /// works on the caller's own struct, not on a copy. If a body throws, items not yet begun are skipped and the first
    /// exception is thrown here.
    /// </summary>
    public void For<TBody>(int items, ref TBody body) where TBody : struct, IParallelBody
    {
        if (items > 1 && !alone)
        {
            var team = crew;
            if (team.ThreadCount > 1 && team.Claim() is { } job)
            {
                alone = true;
                try
                {
#pragma warning disable CS8500 // the body may hold references: it stays where it is (pinned, or on this frame) until the join
                    fixed (TBody* address = &body) team.Run(job, items, address, &Drain<TBody>);
#pragma warning restore CS8500
                }
                finally
                {
                    alone = false;
                }
                return;
            }
        }
        for (var item = 0; item < items; item++) body.Run(item);
    }

    /// <summary>
    /// Says that this thread begins work of many parallel calls, until the result is disposed: the team gets ready, and shares its
    /// threads between all who said so. For work too small to be shared with anybody, see <see cref="Alone"/>.
    /// </summary>
    public Turn Enter() => alone ? default : new Turn(crew);

    /// <summary>All calls of this thread run on it alone until the result is disposed.</summary>
    public static Solo Alone() => new();

    /// <summary>Makes all calls of this thread run on it alone for good.</summary>
    internal static void StayAlone() => alone = true;

    private static void Drain<TBody>(WorkerJob job, void* address, int member) where TBody : struct, IParallelBody
    {
        ref var body = ref System.Runtime.CompilerServices.Unsafe.AsRef<TBody>(address);
        for (var item = job.NextItem(member); item >= 0; item = job.NextItem(member)) body.Run(item);
    }

    private static WorkerTeam CreateDefault()
    {
        var text = Environment.GetEnvironmentVariable(CountVariable);
        Interlocked.CompareExchange(ref shared, new WorkerTeam(ParseCount(text, Environment.ProcessorCount)), null);
        return shared;
    }

    /// <summary>The thread count a setting asks for; <paramref name="otherwise"/> when there is none.</summary>
    internal static int ParseCount(string? text, int otherwise)
    {
        if (string.IsNullOrWhiteSpace(text)) return Math.Clamp(otherwise, 1, MaxThreadCount);
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MaxThreadCount)
        {
            return count;
        }
        throw new FormatException(
            $"{CountVariable} expects a whole number from 1 to {MaxThreadCount}, got \"{text}\". Correct it or unset it to use every processor.");
    }

    private static int Checked(int threadCount) => threadCount is >= 1 and <= MaxThreadCount
        ? threadCount
        : throw new ArgumentOutOfRangeException(
            nameof(threadCount), threadCount, $"The number of threads must be from 1 to {MaxThreadCount}, got {threadCount}.");

    /// <summary>A caller's time at work.</summary>
    internal readonly ref struct Turn
    {
        private readonly WorkerCrew? crew;

        public Turn(WorkerCrew crew)
        {
            if (crew.ThreadCount == 1) return;
            this.crew = crew;
            crew.Enter();
        }

        public void Dispose() => crew?.Leave();
    }

    /// <summary>A caller's time without help.</summary>
    internal readonly ref struct Solo
    {
        private readonly bool outer;

        public Solo()
        {
            outer = alone;
            alone = true;
        }

        public void Dispose() => alone = outer;
    }
}
