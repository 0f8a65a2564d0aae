using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hero.Compiling;

namespace Hero;

/// <summary>Where the time of a function went, step by step: what <see cref="Function.Profile"/> gives. Printed, it is a table.</summary>
public sealed class Profile
{
    private const int LongestName = 44;

    private readonly long[][] stamps;

    internal Profile(Device device, Step[] steps, long updateBytes, long[][] stamps, long arenaBytes, long livenessBound)
    {
        this.stamps = stamps;
        (ArenaBytes, LivenessBound) = (arenaBytes, livenessBound);
        FlopLimit = device.MeasureFlops();
        var bandwidths = new Dictionary<int, double>();
        var profiled = new List<ProfileStep>(steps.Length + 1);
        for (var i = 0; i < steps.Length; i++) Add(steps[i].Name, steps[i].Work);
        // Values that could not be computed in their variable's own memory.
        if (updateBytes > 0) Add("CopyUpdates", new Work(0, updateBytes));
        Steps = profiled;
        Seconds = Median(stamps, 0, stamps[0].Length - 1);

        void Add(string name, Work work)
        {
            var index = profiled.Count;
            var seconds = Median(stamps, index, index + 1);
            // The cache a step works from depends on how much it touches: the limit is that of copying as much, up to a power of two.
            var size = 64 - long.LeadingZeroCount(Math.Max(4096, work.Bytes) - 1);
            if (!bandwidths.TryGetValue((int)size, out var bandwidth)) bandwidths[(int)size] = bandwidth = device.MeasureBandwidth(1L << (int)size);
            var least = Math.Max(work.Flops / FlopLimit, work.Bytes / bandwidth);
            profiled.Add(new ProfileStep(name, seconds, work.Flops, work.Bytes, seconds > 0 ? least / seconds : 0));
        }
    }

    /// <summary>The steps in the order they run.</summary>
    public IReadOnlyList<ProfileStep> Steps { get; }

    /// <summary>What one run takes, in seconds: the median of the runs.</summary>
    public double Seconds { get; }

    /// <summary>How many runs were timed.</summary>
    public int Runs => stamps.Length;

    /// <summary>The memory that a run takes for the values between its steps, in bytes; inputs and variables are not in it.</summary>
    public long ArenaBytes { get; }

    /// <summary>The least that <see cref="ArenaBytes"/> could be: the most bytes that are alive at one time.</summary>
    public long LivenessBound { get; }

    /// <summary>The float32 operations a second that the processor's multiply-add units reached in registers just after the runs, on as many threads.</summary>
    public double FlopLimit { get; }

    /// <summary>The steps as a table, those that take longest first.</summary>
    /// <param name="rows">How many steps have a line of their own; the others share one.</param>
    public string ToTable(int rows = 30)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{Seconds * 1e6:N1} us a run (median of {Runs}), {Steps.Count} steps; arena {ArenaBytes / 1048576.0:N1} MiB (at least {LivenessBound / 1048576.0:N1}); limit {FlopLimit / 1e9:N0} GFLOP/s");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"step",-LongestName}{"us",11}{"time",7}{"GFLOP/s",10}{"GB/s",9}{"of limit",10}");
        var ordered = Steps.OrderByDescending(step => step.Seconds).ToList();
        var total = Math.Max(Steps.Sum(step => step.Seconds), 1e-12);
        foreach (var step in ordered.Take(rows)) Line(step.Name, step.Seconds, step.Flops, step.Bytes, step.ShareOfLimit);
        if (ordered.Skip(rows).ToList() is { Count: > 0 } rest)
        {
            var seconds = rest.Sum(step => step.Seconds);
            var least = rest.Sum(step => step.ShareOfLimit * step.Seconds);
            Line($"{rest.Count} others", seconds, rest.Sum(step => step.Flops), rest.Sum(step => step.Bytes), least / Math.Max(seconds, 1e-12));
        }
        return text.ToString();

        void Line(string name, double seconds, double flops, long bytes, double share)
        {
            if (name.Length >= LongestName) name = name[..(LongestName - 4)] + "...";
            seconds = Math.Max(seconds, 1e-12);
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{name,-LongestName}{seconds * 1e6,11:N1}{seconds / total,7:P1}{flops / seconds / 1e9,10:N1}{bytes / seconds / 1e9,9:N1}{share,10:P0}");
        }
    }

    /// <summary>Writes all runs as a trace that chrome://tracing and ui.perfetto.dev open (Trace Event Format, JSON).</summary>
    /// <param name="stream">Where to; it is left open.</param>
    public void WriteChromeTrace(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ns");
        json.WriteStartArray("traceEvents");
        foreach (var stamp in stamps)
        {
            for (var i = 0; i < Steps.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("name", Steps[i].Name);
                json.WriteString("ph", "X");
                json.WriteNumber("pid", 1);
                json.WriteNumber("tid", 1);
                json.WriteNumber("ts", Stopwatch.GetElapsedTime(stamps[0][0], stamp[i]).TotalMicroseconds);
                json.WriteNumber("dur", Stopwatch.GetElapsedTime(stamp[i], stamp[i + 1]).TotalMicroseconds);
                json.WriteStartObject("args");
                json.WriteNumber("flops", Steps[i].Flops);
                json.WriteNumber("bytes", Steps[i].Bytes);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes all runs as a trace file that chrome://tracing and ui.perfetto.dev open.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    public void WriteChromeTrace(string path)
    {
        using var stream = File.Create(path);
        WriteChromeTrace(stream);
    }

    /// <inheritdoc/>
    public override string ToString() => ToTable();

    private static double Median(long[][] stamps, int from, int to)
    {
        var times = Array.ConvertAll(stamps, stamp => Stopwatch.GetElapsedTime(stamp[from], stamp[to]).TotalSeconds);
        Array.Sort(times);
        return times[times.Length / 2];
    }
}

/// <summary>One step of a <see cref="Profile"/>.</summary>
/// <param name="Name">The operations it computes.</param>
/// <param name="Seconds">The median of its times.</param>
/// <param name="Flops">The arithmetic operations it has to make; a fused multiply-add counts as two.</param>
/// <param name="Bytes">The bytes of the arrays that it reads and writes, each array counted once.</param>
/// <param name="ShareOfLimit">The least time the machine could take for that, by arithmetic in float32 or by copying as many bytes, over the
/// time taken. Above 1 where the data was in a nearer cache than such a copy's, or the products were made in fewer
/// bits or fewer of them (Winograd).</param>
public sealed record ProfileStep(string Name, double Seconds, double Flops, long Bytes, double ShareOfLimit);
