namespace Hero.Cpu.Runtime;

/// <summary>One piece of parallel work: <see cref="Run"/> is called once for every item, on any thread, in any order.</summary>
internal interface IParallelBody
{
    void Run(int item);
}

/// <summary>
/// The fork-join team under all kernels. Work is cut into items by the caller, by shape and never by thread, so results
/// do not depend on how many threads there are.
/// </summary>
internal sealed class WorkerTeam
{
    /// <summary>The team every kernel uses.</summary>
    public static WorkerTeam Default { get; } = new();

    /// <summary>How many threads take part, the caller included.</summary>
    public int ThreadCount { get; } = 1;

    /// <summary>Runs <paramref name="body"/> for items 0 .. <paramref name="items"/> - 1 and returns when all are done.</summary>
    public void For<TBody>(int items, ref TBody body) where TBody : struct, IParallelBody
    {
        if (ThreadCount < 1) throw new InvalidOperationException("The worker team has no thread.");
        for (var item = 0; item < items; item++) body.Run(item);
    }
}
