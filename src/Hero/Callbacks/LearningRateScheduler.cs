namespace Hero.Callbacks;

/// <summary>Sets the learning rate before each epoch. Adds the figure "learning_rate".</summary>
/// <example><code>new LearningRateScheduler((epoch, rate) => epoch &lt; 10 ? rate : rate * 0.9)</code></example>
/// <param name="schedule">Of the epoch's number, from 0, and the learning rate so far: the new one.</param>
public sealed class LearningRateScheduler(Func<int, double, double> schedule) : Callback
{
    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch)
    {
        var rate = Model.Optimizer!.LearningRate;
        var next = schedule(epoch, rate.Item<float>());
        if (!(next >= 0)) throw new InvalidOperationException($"The schedule gave {next} for epoch {epoch}: a learning rate is 0 or more.");
        rate.Assign<float>([(float)next]);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        logs.Set("learning_rate", Model.Optimizer!.LearningRate.Item<float>());
    }
}
