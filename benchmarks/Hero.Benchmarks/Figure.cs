using System.Globalization;

namespace Hero.Benchmarks;

/// <summary>What was measured: the median, the spread, and how many repetitions they come from.</summary>
/// <param name="Name">What it is of, the same from run to run: peers are compared by it.</param>
/// <param name="Unit">"ms", "us", "s" (less is better) or something "/s" (more is better).</param>
internal sealed record Figure(string Name, string Unit, double Median, double Min, double Max, int Count)
{
    // Set by a comparison that runs a benchmark as a process of its own.
    private static readonly string? File = Environment.GetEnvironmentVariable(FileVariable);

    /// <summary>The environment variable with the file that figures are also written to, a line each.</summary>
    public const string FileVariable = "HERO_BENCHMARK_FIGURES";

    public bool MoreIsBetter => Unit.EndsWith("/s", StringComparison.Ordinal);

    /// <summary>Runs work some times after some warm-ups and prints what a run takes.</summary>
    public static Figure Time(string name, string unit, int warmUps, int repetitions, Action work, string note = "")
    {
        for (var i = 0; i < warmUps; i++) work();
        var times = new double[repetitions];
        for (var i = 0; i < repetitions; i++)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            work();
            times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return Print(name, unit, Array.ConvertAll(times, time => time * PerSecond(unit)), note);
    }

    /// <summary>Prints the figure of some measurements.</summary>
    public static Figure Print(string name, string unit, double[] values, string note = "")
    {
        var figure = new Figure(name, unit, Statistics.Median(values), values.Min(), values.Max(), values.Length);
        Console.WriteLine($"{figure}{(note.Length > 0 ? ", " + note : "")}");
        Record(figure);
        return figure;
    }

    /// <summary>Lets a comparison that runs this process have the figure.</summary>
    public static void Record(Figure figure)
    {
        if (File is not null) System.IO.File.AppendAllText(File, figure.ToLine() + "\n");
    }

    public static Figure FromLine(string line)
    {
        var parts = line.Split('\t');
        double Number(int index) => double.Parse(parts[index], CultureInfo.InvariantCulture);
        return new Figure(parts[0], parts[1], Number(2), Number(3), Number(4), (int)Number(5));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name + ":",-44}{Median,10:G4} {Unit} ({Min:G4} - {Max:G4}, n {Count})");

    private string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Name}\t{Unit}\t{Median:R}\t{Min:R}\t{Max:R}\t{Count}");

    private static double PerSecond(string unit) => unit switch
    {
        "s" => 1,
        "ms" => 1e3,
        "us" => 1e6,
        _ => throw new ArgumentException($"Times are in s, ms or us, got {unit}."),
    };
}
