using System.Diagnostics;
using Hero.Cpu.Runtime;

namespace Hero.Benchmarks;

/// <summary>What it costs to have the team at work: parallel calls whose items do nothing, as a kernel makes them.</summary>
internal static class DispatchBenchmark
{
    /// <summary>Calls to a measurement where they follow each other: the clock itself takes some 25 ns.</summary>
    private const int Calls = 100;

    public static int Run(string[] args)
    {
        var team = WorkerTeam.Default;
        var repetitions = Arguments.Number(args, 0, 500);
        foreach (var items in new[] { team.ThreadCount, 4 * team.ThreadCount })
        {
            Measure("one after the other", items, Calls, 0);
            Measure("10 us apart", items, 1, 10);
            // Longer than anybody spins: the threads have to be woken.
            Measure("1 ms apart", items, 1, 1000);
        }
        return 0;

        void Measure(string pace, int items, int calls, int pause)
        {
            var body = new Nothing();
            var times = new double[repetitions];
            for (var i = -repetitions / 10; i < repetitions; i++)
            {
                Wait(pause);
                var start = Stopwatch.GetTimestamp();
                for (var call = 0; call < calls; call++) team.For(items, ref body);
                if (i >= 0) times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
            }
            Figure.Print($"dispatch of {items} items, {pace}", "us", times);
        }
    }

    private static void Wait(int microseconds)
    {
        var start = Stopwatch.GetTimestamp();
        while (microseconds > 0 && Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds) Thread.SpinWait(1);
    }

    private struct Nothing : IParallelBody
    {
        public readonly void Run(int item) { }
    }
}
