namespace Hero.Callbacks;

/// <summary>Lowers the learning rate when a figure has stopped getting better. Adds the figure "learning_rate".</summary>
/// <example><code>new ReduceLROnPlateau(factor: 0.2, patience: 5, minLearningRate: 1e-5)</code></example>
public sealed class ReduceLROnPlateau : Callback
{
    private readonly Monitor monitor;
    private readonly double factor;
    private readonly int patience;
    private readonly int cooldown;
    private readonly double minLearningRate;
    private int wait;
    private int resting;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The figure to watch.</param>
    /// <param name="factor">What the learning rate is multiplied by.</param>
    /// <param name="patience">How many epochs without getting better are waited for.</param>
    /// <param name="mode">Whether greater or smaller is better.</param>
    /// <param name="minDelta">How much better counts as better.</param>
    /// <param name="cooldown">How many epochs after a change are not counted.</param>
    /// <param name="minLearningRate">Where lowering ends.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public ReduceLROnPlateau(
        string monitor = "val_loss", double factor = 0.1, int patience = 10, MonitorMode mode = MonitorMode.Auto, double minDelta = 1e-4,
        int cooldown = 0, double minLearningRate = 0)
    {
        if (!(factor >= 0 && factor < 1))
            throw new ArgumentOutOfRangeException(nameof(factor), factor,
                $"ReduceLROnPlateau needs a factor of at least 0 and below 1, got {factor}.");
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(cooldown);
        this.monitor = new Monitor(nameof(ReduceLROnPlateau), monitor, mode, minDelta);
        this.factor = factor;
        this.patience = patience;
        this.cooldown = cooldown;
        this.minLearningRate = minLearningRate;
    }

    /// <inheritdoc/>
    public override void OnTrainBegin()
    {
        monitor.Forget();
        wait = 0;
        resting = 0;
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        var rate = Model.Optimizer!.LearningRate;
        double old = rate.Item<float>();
        logs.Set("learning_rate", old);
        var current = monitor.Read(logs);
        if (resting > 0)
        {
            resting--;
            wait = 0;
        }
        if (monitor.Improves(current)) wait = 0;
        else if (resting == 0 && ++wait >= patience && old > minLearningRate)
        {
            rate.Assign<float>([(float)Math.Max(old * factor, minLearningRate)]);
            resting = cooldown;
            wait = 0;
        }
    }
}
