namespace Hero.Callbacks;

/// <summary>
/// Something that is told how a Fit goes and may step in: stop it (<see cref="Model.StopTraining"/>), change the learning rate,
/// keep the best weights. Override what is of interest.
/// </summary>
public abstract class Callback
{
    /// <summary>The model that is trained.</summary>
    public Model Model { get; private set; } = null!;

    /// <summary>What the Fit was asked for.</summary>
    public FitParameters Parameters { get; private set; } = null!;

    /// <summary>Before the first epoch.</summary>
    public virtual void OnTrainBegin()
    {
    }

    /// <summary>After the last epoch, also when the Fit was cancelled.</summary>
    /// <param name="logs">The figures of the last complete epoch.</param>
    public virtual void OnTrainEnd(Logs logs)
    {
    }

    /// <summary>Before an epoch.</summary>
    /// <param name="epoch">Its number, from 0.</param>
    public virtual void OnEpochBegin(int epoch)
    {
    }

    /// <summary>After an epoch and its validation.</summary>
    /// <param name="epoch">Its number, from 0.</param>
    /// <param name="logs">Its figures; those of the validation begin with "val_".</param>
    public virtual void OnEpochEnd(int epoch, Logs logs)
    {
    }

    /// <summary>Before a step.</summary>
    /// <param name="batch">The batch's number in the epoch, from 0.</param>
    public virtual void OnTrainBatchBegin(int batch)
    {
    }

    /// <summary>After a step.</summary>
    /// <param name="batch">The batch's number in the epoch, from 0.</param>
    /// <param name="logs">The figures of the epoch so far.</param>
    public virtual void OnTrainBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>Before a validation.</summary>
    public virtual void OnTestBegin()
    {
    }

    /// <summary>After a validation.</summary>
    /// <param name="logs">Its figures.</param>
    public virtual void OnTestEnd(Logs logs)
    {
    }

    /// <summary>Something is wrong that does not end the Fit: the loss is no number any more, steps wait for their data.</summary>
    /// <param name="message">What is wrong and what may help.</param>
    public virtual void OnWarning(string message)
    {
    }

    internal void Attach(Model model, FitParameters parameters)
    {
        Model = model;
        Parameters = parameters;
    }
}

/// <summary>What a Fit was asked for.</summary>
/// <param name="Epochs">The number of the epoch before which it ends.</param>
/// <param name="InitialEpoch">The number of the epoch it begins with.</param>
/// <param name="Steps">Batches in an epoch; null where not known before the first one has ended.</param>
public sealed record FitParameters(int Epochs, int InitialEpoch, long? Steps);
