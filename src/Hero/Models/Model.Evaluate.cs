using Hero.Data;
using Hero.Training;

namespace Hero;

public partial class Model
{
    /// <summary>The loss and the metrics on data, without training.</summary>
    /// <param name="x">Inputs: the first axis counts the examples.</param>
    /// <param name="y">Targets: as many.</param>
    /// <param name="batchSize">Examples per step; the figures do not depend on it but for rounding.</param>
    /// <param name="sampleWeight">What each example counts in the loss.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <returns>"loss" and the metrics by name.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data does not fit the model or the loss.</exception>
    public Logs Evaluate(Samples x, Samples y, int batchSize = 32, Samples? sampleWeight = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return Evaluate(new SampleFeed(x, y, sampleWeight, Dataset.Range(x.Count), batchSize), x.Columns.Length,
            cancellationToken);
    }

    /// <summary>The loss and the metrics on batches from a pipeline.</summary>
    /// <param name="batches">Batches of inputs and targets.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <returns>"loss" and the metrics by name.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data does not fit the model or the loss.</exception>
    public Logs Evaluate(Dataset<(Tensor X, Tensor Y)> batches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return Evaluate(new TensorFeed(batches), 1, cancellationToken);
    }

    /// <summary>One training step on one batch.</summary>
    /// <returns>The loss and the metrics of this batch, before the step.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data does not fit the model or the loss.</exception>
    public Logs TrainOnBatch(Samples x, Samples y, Samples? sampleWeight = null) => OnBatch(training: true, x, y, sampleWeight);

    /// <summary>The loss and the metrics of one batch, without training.</summary>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data does not fit the model or the loss.</exception>
    public Logs TestOnBatch(Samples x, Samples y, Samples? sampleWeight = null) => OnBatch(training: false, x, y, sampleWeight);

    private Logs OnBatch(bool training, Samples x, Samples y, Samples? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var feed = Feed.InOrder(x, y, sampleWeight, Math.Max(1, x.Count));
        var logs = new Logs();
        Prepare(feed);
        using var runner = RequireTrainer().Runner(training, x.Columns.Length, feed.HasWeights);
        FitLoop.Test(RequireTrainer(), feed, runner, CancellationToken.None);
        RequireTrainer().Write(logs);
        return logs;
    }

    private Logs Evaluate(Feed feed, int inputs, CancellationToken cancellationToken)
    {
        Prepare(feed);
        using var runner = RequireTrainer().Runner(training: false, inputs, feed.HasWeights);
        FitLoop.Test(RequireTrainer(), feed, runner, cancellationToken);
        var logs = new Logs();
        RequireTrainer().Write(logs);
        return logs;
    }
}
