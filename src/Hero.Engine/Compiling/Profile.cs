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
        // Asked only by plans that use the unit: it is made ready with the first question.
        if (Array.Exists(steps, step => step.Work.Effort.MatrixFlops > 0)) MatrixFlopLimit = device.MeasureMatrixFlops();
        var bandwidths = new Dictionary<int, (double Copied, double Read)>();
        var profiled = new List<ProfileStep>(steps.Length + 1);
        for (var i = 0; i < steps.Length; i++) Add(steps[i].Name, steps[i].Work);
        // Values that could not be computed in their variable's own memory.
        if (updateBytes > 0) Add("CopyUpdates", new Work(0, default, updateBytes / 2, updateBytes / 2));
        Steps = profiled;
        Seconds = Median(stamps, 0, stamps[0].Length - 1);

        void Add(string name, Work work)
        {
            var index = profiled.Count;
            var seconds = Median(stamps, index, index + 1);
            profiled.Add(new ProfileStep(
                name, seconds, work.Flops, work.Effort.Flops + work.Effort.MatrixFlops, work.Bytes, seconds > 0 ? Least(work) / seconds : 0));
        }

        // Nothing done at the same time is added up: the least time is that of what takes longest.
        double Least(Work work)
        {
            // The cache a step works from depends on how much it touches: the limit is that of as much, up to a power of two.
            var size = (int)(64 - long.LeadingZeroCount(Math.Max(4096, work.Bytes) - 1));
            if (!bandwidths.TryGetValue(size, out var bandwidth)) bandwidths[size] = bandwidth = device.MeasureBandwidth(1L << size);
            var copied = 2 * Math.Min(work.Read, work.Written);
            var moving = copied / bandwidth.Copied + (work.Read > work.Written ? (work.Read - work.Written) / bandwidth.Read : (work.Written - work.Read) / bandwidth.Copied);
            var computing = Math.Max(work.Effort.Flops / FlopLimit, MatrixFlopLimit > 0 ? work.Effort.MatrixFlops / MatrixFlopLimit : 0);
            return Math.Max(computing, moving);
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

    /// <summary>The operations a second, bfloat16 products and float32 sums, that the processor's matrix unit reached on operands in the first-level cache; 0
    /// where no step uses it.</summary>
    public double MatrixFlopLimit { get; }

    /// <summary>The steps as a table, those that take longest first.</summary>
    /// <param name="rows">How many steps have a line of their own; the others share one.</param>
    public string ToTable(int rows = 30)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{Seconds * 1e6:N1} us a run (median of {Runs}), {Steps.Count} steps; arena {ArenaBytes / 1048576.0:N1} MiB (at least {LivenessBound / 1048576.0:N1}); limit {FlopLimit / 1e9:N0} GFLOP/s{(MatrixFlopLimit > 0 ? string.Create(CultureInfo.InvariantCulture, $", bfloat16 {MatrixFlopLimit / 1e9:N0}") : "")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"step",-LongestName}{"us",11}{"time",7}{"GFLOP/s",10}{"made",9}{"GB/s",9}{"of limit",10}");
        var ordered = Steps.OrderByDescending(step => step.Seconds).ToList();
        var total = Math.Max(Steps.Sum(step => step.Seconds), 1e-12);
        foreach (var step in ordered.Take(rows)) Line(step);
        if (ordered.Skip(rows).ToList() is { Count: > 0 } rest)
        {
            var seconds = rest.Sum(step => step.Seconds);
            var least = rest.Sum(step => step.ShareOfLimit * step.Seconds);
            Line(new ProfileStep(
                $"{rest.Count} others", seconds, rest.Sum(step => step.Flops), rest.Sum(step => step.MadeFlops), rest.Sum(step => step.Bytes), least / Math.Max(seconds, 1e-12)));
        }
        return text.ToString();

        void Line(ProfileStep step)
        {
            var name = step.Name.Length < LongestName ? step.Name : step.Name[..(LongestName - 4)] + "...";
            var (seconds, giga) = (step.Seconds, 1e-9 / Math.Max(step.Seconds, 1e-12));
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{name,-LongestName}{seconds * 1e6,11:N1}{seconds / total,7:P1}{step.Flops * giga,10:N1}{step.MadeFlops * giga,9:N1}{step.Bytes * giga,9:N1}{step.ShareOfLimit,10:P0}");
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
                json.WriteNumber("madeFlops", Steps[i].MadeFlops);
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
        return (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2;
    }
}

/// <summary>One step of a <see cref="Profile"/>.</summary>
/// <param name="Name">The operations it computes.</param>
/// <param name="Seconds">The median of its times.</param>
/// <param name="Flops">The arithmetic operations of its formulas; a fused multiply-add counts as two.</param>
/// <param name="MadeFlops">Those that it makes: fewer than <paramref name="Flops"/> where a convolution goes by Winograd's products.</param>
/// <param name="Bytes">The bytes of the arrays that it reads and writes, each array counted once.</param>
/// <param name="ShareOfLimit">The least time the machine could take for that over the time taken: for the operations made in float32 or on the matrix unit, or
/// for moving as many bytes, whichever takes longest. Above 1 where the data was in a nearer cache than as many bytes have room in.</param>
public sealed record ProfileStep(string Name, double Seconds, double Flops, double MadeFlops, long Bytes, double ShareOfLimit);
