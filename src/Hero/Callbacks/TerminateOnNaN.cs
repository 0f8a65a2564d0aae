namespace Hero.Callbacks;

/// <summary>Ends training as soon as the loss is no finite number.</summary>
public sealed class TerminateOnNaN : Callback
{
    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (!double.IsFinite(logs["loss"])) Model.StopTraining = true;
    }
}
