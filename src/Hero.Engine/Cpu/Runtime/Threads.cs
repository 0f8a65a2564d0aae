using Hero.Cpu.Runtime;

namespace Hero;

/// <summary>How many processor threads Hero computes with.</summary>
public static class Threads
{
    /// <summary>
    /// The number of threads, the calling one included. Starts as the environment variable <c>HERO_NUM_THREADS</c> says, or else as
    /// the number of processors. May be changed at any time; work already under way finishes with the threads it has.
    /// Results are bit-identical for every value.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1 or more than 1024.</exception>
    /// <exception cref="FormatException"><c>HERO_NUM_THREADS</c> is set to something other than a whole number from 1 to 1024.</exception>
    public static int Count
    {
        get => WorkerTeam.Default.ThreadCount;
        set => WorkerTeam.Default.Resize(value);
    }
}
