using System.Diagnostics;

namespace Hero.Cpu.Runtime;

/// <summary>How long a thread spins before it blocks: less than waking it up would take it.</summary>
internal struct Patience(bool spins)
{
    private static readonly long Ticks = Stopwatch.Frequency / 20_000;   // 50 microseconds

    private readonly long deadline = spins ? Stopwatch.GetTimestamp() + Ticks : 0;

    /// <summary>Spins a moment; false when it has been long enough.</summary>
    public readonly bool Spin()
    {
        if (Stopwatch.GetTimestamp() >= deadline) return false;
        Thread.SpinWait(1);
        return true;
    }
}
