using System.Globalization;
using System.Text;

namespace Hero.Callbacks;

/// <summary>Saves the model after each epoch, or after those that are the best so far.</summary>
/// <example><code>
/// new ModelCheckpoint("best.safetensors", monitor: "val_accuracy", saveBestOnly: true)
/// new ModelCheckpoint("{epoch:00}-{val_loss:F2}.safetensors")
/// </code></example>
public sealed class ModelCheckpoint : Callback
{
    private readonly string path;
    private readonly Monitor monitor;
    private readonly bool saveBestOnly;
    private readonly bool saveWeightsOnly;

    /// <summary>Creates the callback.</summary>
    /// <param name="path">The file; {epoch}, from 1, and figures by name are put in, with a .NET format after a colon.</param>
    /// <param name="monitor">The figure to watch.</param>
    /// <param name="saveBestOnly">Whether only epochs are saved that are better than all before.</param>
    /// <param name="saveWeightsOnly">Whether the weights are saved alone.</param>
    /// <param name="mode">Whether greater or smaller is better.</param>
    /// <param name="initialValueThreshold">What has to be surpassed to be saved at all.</param>
    /// <exception cref="ArgumentException">The path or the figure's name is empty.</exception>
    public ModelCheckpoint(
        string path, string monitor = "val_loss", bool saveBestOnly = false, bool saveWeightsOnly = false,
        MonitorMode mode = MonitorMode.Auto,
        double? initialValueThreshold = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        this.path = path;
        this.monitor = new Monitor(nameof(ModelCheckpoint), monitor, mode);
        if (initialValueThreshold is { } bar) this.monitor.Improves(bar);
        this.saveBestOnly = saveBestOnly;
        this.saveWeightsOnly = saveWeightsOnly;
    }

    /// <summary>The file written last; null before the first.</summary>
    public string? LastPath { get; private set; }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (saveBestOnly && !monitor.Improves(monitor.Read(logs))) return;
        var file = FillIn(path, epoch, logs);
        if (saveWeightsOnly) Model.SaveWeights(file);
        else Model.Save(file);
        LastPath = file;
    }

    private static string FillIn(string path, int epoch, Logs logs)
    {
        var text = new StringBuilder();
        var at = 0;
        while (path.IndexOf('{', at) is >= 0 and var open && path.IndexOf('}', open) is >= 0 and var close)
        {
            text.Append(path, at, open - at);
            var parts = path[(open + 1)..close].Split(':', 2);
            var format = parts.Length > 1 ? parts[1] : null;
            text.Append(parts[0] switch
            {
                "epoch" => (epoch + 1).ToString(format, CultureInfo.InvariantCulture),
                _ when logs.TryGetValue(parts[0], out var value) => value.ToString(format, CultureInfo.InvariantCulture),
                _ => throw new InvalidOperationException($"ModelCheckpoint's path '{path}' names '{parts[0]}', which this Fit does "
                + $"not give; it gives epoch, {string.Join(", ", logs.Keys)}."),
            });
            at = close + 1;
        }
        return text.Append(path, at, path.Length - at).ToString();
    }
}
