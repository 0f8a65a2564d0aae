using System.Diagnostics;
using Hero.Callbacks;

namespace Hero.Benchmarks;

/// <summary>Times the steps of a Fit, all that belongs to one included, but for the first of each epoch: it has the epoch's start in it.</summary>
internal sealed class StepClock(int warmUps, int steps) : Callback
{
    private readonly long[] ticks = new long[warmUps + steps];
    private readonly long[] allocated = new long[warmUps + steps];
    private int count;
    private long time;
    private long bytes;

    /// <summary>How many steps are wanted, those to warm up included.</summary>
    public int Steps => ticks.Length;

    /// <summary>What each step took after those to warm up.</summary>
    public double[] Milliseconds => Array.ConvertAll(ticks[warmUps..count], step => step * 1e3 / Stopwatch.Frequency);

    /// <summary>The median of what a step allocated on the training thread.</summary>
    public long AllocatedBytes => allocated[warmUps..count].Order().ElementAt((count - warmUps) / 2);

    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (batch > 0 && count < ticks.Length)
        {
            ticks[count] = Stopwatch.GetTimestamp() - time;
            allocated[count++] = GC.GetAllocatedBytesForCurrentThread() - bytes;
        }
        bytes = GC.GetAllocatedBytesForCurrentThread();
        time = Stopwatch.GetTimestamp();
    }
}
