using System.Globalization;
using System.Text;

namespace Hero.Callbacks;

/// <summary>Prints how a Fit goes: in a terminal Keras' bar, which grows with the figures so far, elsewhere a line for each
/// epoch.</summary>
public sealed class ProgressBar : Callback
{
    private const int BarWidth = 20;

    // A terminal cannot be read faster, and writing to it takes time from training.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(50);

    private readonly TextWriter output;
    private readonly bool isTerminal;
    private readonly TimeProvider time;
    private readonly StringBuilder line = new();
    private long epochStart;
    private long lastPrint;
    private int stepsSeen;
    private long? steps;
    private int lastLength;

    /// <summary>Creates the callback.</summary>
    /// <param name="output">Where to print.</param>
    /// <param name="isTerminal">Whether a carriage return goes back to the line's start there.</param>
    /// <param name="time">The clock; the system's when not given.</param>
    public ProgressBar(TextWriter output, bool isTerminal, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        this.output = output;
        this.isTerminal = isTerminal;
        this.time = time ?? TimeProvider.System;
    }

    internal static ProgressBar ForConsole(Verbose verbose) =>
        new(Console.Out, verbose == Verbose.Bar || (verbose == Verbose.Auto && !Console.IsOutputRedirected));

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch)
    {
        output.WriteLine($"Epoch {epoch + 1}/{Parameters.Epochs}");
        steps ??= Parameters.Steps;
        epochStart = time.GetTimestamp();
        lastPrint = 0;
        stepsSeen = 0;
        lastLength = 0;
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        stepsSeen = batch + 1;
        if (!isTerminal || (lastPrint != 0 && time.GetElapsedTime(lastPrint) < LeastPause)) return;
        lastPrint = time.GetTimestamp();
        Print(logs, isEnd: false);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        steps = stepsSeen;
        Print(logs, isEnd: true);
        output.WriteLine();
        output.Flush();
    }

    /// <inheritdoc/>
    public override void OnWarning(string message)
    {
        if (isTerminal && lastLength > 0) output.WriteLine();
        output.WriteLine("Warning: " + message);
        lastLength = 0;
    }

    private void Print(Logs logs, bool isEnd)
    {
        line.Clear();
        var elapsed = time.GetElapsedTime(epochStart);
        var perStep = elapsed / Math.Max(1, stepsSeen);
        if (steps is { } all)
            line.Append(CultureInfo.InvariantCulture,
                $"{stepsSeen.ToString(CultureInfo.InvariantCulture).PadLeft(all.ToString(CultureInfo.InvariantCulture).Length)}/{all} ");
        else line.Append(CultureInfo.InvariantCulture, $"{stepsSeen}/Unknown ");
        if (isTerminal && steps is > 0 and var total)
        {
            var filled = (int)(BarWidth * Math.Min(stepsSeen, total) / total);
            line.Append('━', filled).Append('─', BarWidth - filled).Append(' ');
        }
        var left = steps is { } known && !isEnd ? perStep * Math.Max(0, known - stepsSeen) : elapsed;
        line.Append(Seconds(left)).Append(' ').Append(PerStep(perStep)).Append("/step");
        foreach (var (name, value) in logs) line.Append(" - ").Append(name).Append(": ").Append(Logs.Format(value));
        var length = line.Length;
        if (isTerminal)
        {
            if (length < lastLength) line.Append(' ', lastLength - length);
            line.Insert(0, '\r');
        }
        lastLength = length;
        output.Write(line);
        if (isTerminal) output.Flush();
    }

    private static string Seconds(TimeSpan duration) => duration.TotalSeconds >= 60
        ? $"{(int)duration.TotalMinutes}:{duration.Seconds:00}"
        : $"{(int)Math.Round(duration.TotalSeconds)}s";

    private static string PerStep(TimeSpan duration) => duration.TotalSeconds >= 1
        ? $"{(int)Math.Round(duration.TotalSeconds)}s"
        : duration.TotalMilliseconds >= 1
            ? $"{(int)Math.Round(duration.TotalMilliseconds)}ms"
            : $"{(int)Math.Round(duration.TotalMicroseconds)}us";
}
