namespace Hero.Engine.Tests;

internal static class Allocation
{
    /// <summary>Bytes that a call allocates on its thread: the least of a few calls, since threads of the team may start at any time, once.</summary>
    public static long Of(Action call) => Enumerable.Range(0, 5).Min(_ =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        call();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
