using System.Diagnostics;

namespace Hero.Benchmarks;

/// <summary>What a short program waits for: a process that computes one small expression, compiled as it runs like any user's program.</summary>
internal static class StartupBenchmark
{
    /// <summary>The argument by which the process is told what it is.</summary>
    public const string FirstValue = "first-value";

    public static int Run(string[] args)
    {
        Figure.Time("first value", "ms", 2, Arguments.Number(args, 0, 15), () =>
        {
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(StartupBenchmark).Assembly.Location, FirstValue]) { RedirectStandardOutput = true })!;
            process.WaitForExit();
        });
        return 0;
    }

    public static int PrintFirstValue()
    {
        Console.WriteLine(((Tensor.Ones([3]) + 1) * 2).Sum().Item<float>());
        return 0;
    }
}
