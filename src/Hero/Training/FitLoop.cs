using System.Diagnostics;
using Hero.Callbacks;

namespace Hero.Training;

/// <summary>The epochs and batches of a Fit, and who is told about them.</summary>
internal sealed class FitLoop(Model model, Trainer trainer, IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
{
    // Waiting for data for this part of an epoch is worth a word, where the epoch is long enough to matter.
    private const double MuchWaiting = 0.25;
    private const double LongEpochSeconds = 1;

    private readonly Logs batchLogs = new();
    private Logs epochLogs = new();
    private bool warned;
    private bool warnedOfWaiting;

    /// <summary>Trains from one epoch to another.</summary>
    /// <param name="training">The batches.</param>
    /// <param name="runner">What trains on them.</param>
    /// <param name="validation">The batches to judge each epoch by; null for none.</param>
    /// <param name="validator">What judges.</param>
    /// <param name="parameters">Which epochs.</param>
    public void Run(Feed training, StepRunner runner, Feed? validation, StepRunner? validator, FitParameters parameters)
    {
        foreach (var callback in callbacks) callback.Attach(model, parameters);
        model.StopTraining = false;
        foreach (var callback in callbacks) callback.OnTrainBegin();
        try
        {
            for (var epoch = parameters.InitialEpoch; epoch < parameters.Epochs && !model.StopTraining; epoch++)
            {
                foreach (var callback in callbacks) callback.OnEpochBegin(epoch);
                var logs = Train(epoch, training, runner);
                if (validation is not null) Validate(validation, validator!, logs);
                foreach (var callback in callbacks) callback.OnEpochEnd(epoch, logs);
                epochLogs = logs;
            }
        }
        catch (OperationCanceledException)
        {
            // Cancelled or not: whoever keeps the best weights must get to put them back.
            foreach (var callback in callbacks) callback.OnTrainEnd(epochLogs);
            throw;
        }
        foreach (var callback in callbacks) callback.OnTrainEnd(epochLogs);
    }

    /// <summary>Goes through batches without training.</summary>
    public static void Test(Trainer trainer, Feed feed, StepRunner runner, CancellationToken cancellationToken)
    {
        trainer.Reset();
        foreach (var batch in feed.Epoch(0, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            runner.Run(batch);
            trainer.ClassNumbers?.Check(batch);
        }
        runner.Release();
    }

    private Logs Train(int epoch, Feed feed, StepRunner runner)
    {
        trainer.Reset();
        batchLogs.Clear();
        var step = 0;
        var (begin, waited) = (Stopwatch.GetTimestamp(), 0L);
        using var batches = feed.Epoch(epoch, cancellationToken).GetEnumerator();
        while (Next(batches, ref waited))
        {
            var batch = batches.Current;
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < callbacks.Count; i++) callbacks[i].OnTrainBatchBegin(step);
            runner.Run(batch);
            trainer.ClassNumbers?.Check(batch);
            if (!float.IsFinite(runner.Output<float>(0)[0])) Warn(epoch, step);
            trainer.Write(batchLogs);
            for (var i = 0; i < callbacks.Count; i++) callbacks[i].OnTrainBatchEnd(step, batchLogs);
            step++;
            if (model.StopTraining) break;
        }
        runner.Release(); // validation may use the same memory
        if (step == 0) throw new ArgumentException("There are no examples to train on: the data is empty.");
        Report(waited, Stopwatch.GetTimestamp() - begin);
        var logs = new Logs();
        trainer.Write(logs);
        return logs;
    }

    private static bool Next(IEnumerator<StepInputs> batches, ref long waited)
    {
        var begin = Stopwatch.GetTimestamp();
        var more = batches.MoveNext();
        waited += Stopwatch.GetTimestamp() - begin;
        return more;
    }

    private void Report(long waited, long total)
    {
        var share = (double)waited / Math.Max(total, 1);
        model.History!.AddDataWait(share);
        if (warnedOfWaiting || share < MuchWaiting || total < LongEpochSeconds * Stopwatch.Frequency) return;
        warnedOfWaiting = true;
        var message = FormattableString.Invariant($"{share:P0} of the epoch went by waiting for batches: the data is made more slowly than it is trained on. ")
            + "Map in parallel (Map with parallelism), Prefetch, or keep what is costly to make.";
        foreach (var callback in callbacks) callback.OnWarning(message);
    }

    private void Validate(Feed feed, StepRunner runner, Logs logs)
    {
        foreach (var callback in callbacks) callback.OnTestBegin();
        Test(trainer, feed, runner, cancellationToken);
        var figures = new Logs();
        trainer.Write(figures);
        foreach (var callback in callbacks) callback.OnTestEnd(figures);
        foreach (var (name, value) in figures) logs.Set("val_" + name, value);
    }

    private void Warn(int epoch, int step)
    {
        if (warned) return;
        warned = true;
        var message = $"The loss is no finite number at epoch {epoch + 1}, batch {step + 1}. Usual causes: a learning rate that is "
            + $"too high, "
            + "data that is not scaled or holds NaN, targets that do not fit the loss. The callback TerminateOnNaN stops training there.";
        foreach (var callback in callbacks) callback.OnWarning(message);
    }
}
