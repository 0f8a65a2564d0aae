namespace Hero.Callbacks;

/// <summary>Ends training when a figure has stopped getting better.</summary>
/// <example><code>new EarlyStopping(monitor: "val_loss", patience: 3, restoreBestWeights: true)</code></example>
public sealed class EarlyStopping : Callback
{
    private readonly Monitor monitor;
    private readonly int patience;
    private readonly double? baseline;
    private readonly bool restoreBestWeights;
    private readonly int startFromEpoch;
    private WeightCopy? best;
    private int wait;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The figure to watch.</param>
    /// <param name="minDelta">How much better counts as better.</param>
    /// <param name="patience">How many epochs without getting better are waited for.</param>
    /// <param name="mode">Whether greater or smaller is better.</param>
    /// <param name="baseline">What has to be surpassed before patience begins anew.</param>
    /// <param name="restoreBestWeights">Whether the weights of the best epoch are put back at the end, also of a Fit that was
    /// cancelled.</param>
    /// <param name="startFromEpoch">The first epoch that is looked at.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public EarlyStopping(
        string monitor = "val_loss", double minDelta = 0, int patience = 0, MonitorMode mode = MonitorMode.Auto, double? baseline = null,
        bool restoreBestWeights = false, int startFromEpoch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        this.monitor = new Monitor(nameof(EarlyStopping), monitor, mode, minDelta);
        this.patience = patience;
        this.baseline = baseline;
        this.restoreBestWeights = restoreBestWeights;
        this.startFromEpoch = startFromEpoch;
    }

    /// <summary>The best figure.</summary>
    public double Best => monitor.Best;

    /// <summary>The number of the epoch it was in, from 0; -1 before the first.</summary>
    public int BestEpoch { get; private set; } = -1;

    /// <summary>The number of the epoch after which training was ended; null when it was not.</summary>
    public int? StoppedEpoch { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin()
    {
        monitor.Forget();
        best = null;
        wait = 0;
        BestEpoch = -1;
        StoppedEpoch = null;
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        var current = monitor.Read(logs);
        if (epoch < startFromEpoch) return;
        // Even where no epoch is ever better than nothing (NaN from the start) there is something to put back.
        if (restoreBestWeights && best is null) Keep(epoch);
        wait++;
        if (monitor.Improves(current))
        {
            Keep(epoch);
            if (baseline is not { } bar || monitor.IsBetter(current, bar)) wait = 0;
            return;
        }
        if (wait < patience || epoch == 0) return;
        StoppedEpoch = epoch;
        Model.StopTraining = true;
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => best?.Restore();

    private void Keep(int epoch)
    {
        BestEpoch = epoch;
        if (restoreBestWeights) (best ??= new WeightCopy()).Take(Model);
    }
}
