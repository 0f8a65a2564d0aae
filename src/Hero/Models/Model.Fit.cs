using Hero.Callbacks;
using Hero.Data;
using Hero.Training;

namespace Hero;

public partial class Model
{
    /// <summary>Trains the model.</summary>
    /// <param name="x">Inputs: the first axis counts the examples.</param>
    /// <param name="y">Targets: as many.</param>
    /// <param name="batchSize">Examples per step.</param>
    /// <param name="epochs">The number of the epoch before which to end: with an <paramref name="initialEpoch"/> of 0, how many times to
    /// go through the data.</param>
    /// <param name="verbose">What is printed.</param>
    /// <param name="callbacks">Who is told how it goes.</param>
    /// <param name="validationSplit">The part of the data, its end, that is not trained on but judged by after each epoch.</param>
    /// <param name="validationData">Data to judge by after each epoch.</param>
    /// <param name="shuffle">Whether each epoch goes through the data in an order of its own.</param>
    /// <param name="classWeight">What examples of a class count in the loss; 1 for classes not named.</param>
    /// <param name="sampleWeight">What each example counts in the loss.</param>
    /// <param name="initialEpoch">The number of the first epoch: <see cref="TrainedEpochs"/> goes on where a stopped training was.</param>
    /// <param name="cancellationToken">Ends the training between two batches with an <see cref="OperationCanceledException"/>. The model
    /// can be used as it is
    /// then, and <see cref="History"/> has the epochs that were completed.</param>
    /// <returns>The figures of each epoch.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data does not fit the model or the loss.</exception>
    public History Fit(
        Samples x, Samples y, int batchSize = 32, int epochs = 1, Verbose verbose = Verbose.Auto, IReadOnlyList<Callback>? callbacks = null,
        double validationSplit = 0, (Samples X, Samples Y)? validationData = null, bool shuffle = true, IReadOnlyDictionary<int,
        double>? classWeight = null,
        Samples? sampleWeight = null, int initialEpoch = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (!(validationSplit >= 0 && validationSplit < 1))
            throw new ArgumentOutOfRangeException(nameof(validationSplit), validationSplit,
                $"The part kept for validation is at least 0 and below 1, got {validationSplit}.");
        var trained = validationData is null && validationSplit > 0 ? (int)(x.Count * (1 - validationSplit)) : x.Count;
        if (trained == 0 && x.Count > 0)
            throw new ArgumentException(FormattableString.Invariant($"A validation split of {validationSplit} of {x.Count} examples leaves none to train on: give more examples or a smaller part."), nameof(validationSplit));
        var rows = Dataset.Range(x.Count).Take(trained);
        if (shuffle) rows = rows.Shuffle(ShuffleSeed ??= RandomGenerator.Default.NextSeed());
        var feed = new SampleFeed(x, y, sampleWeight, rows, batchSize);
        Feed? validation = null;
        if (validationData is var (validX, validY))
            validation = new SampleFeed(validX, validY, null, Dataset.Range(validX.Count), batchSize);
        else if (trained < x.Count)
            validation = new SampleFeed(x, y, sampleWeight, Dataset.Range(x.Count).Skip(trained), batchSize);
        return Fit(feed, validation, x.Columns.Length, epochs, verbose, callbacks, classWeight, initialEpoch, cancellationToken);
    }

    /// <summary>Trains the model on batches from a pipeline; it shuffles and groups as it likes.</summary>
    /// <param name="batches">Batches of inputs and targets. A tensor may live in memory that is used again for the next batch.</param>
    /// <param name="epochs">The number of the epoch before which to end.</param>
    /// <param name="verbose">What is printed.</param>
    /// <param name="callbacks">Who is told how it goes.</param>
    /// <param name="validationData">Batches to judge by after each epoch.</param>
    /// <param name="classWeight">What examples of a class count in the loss; 1 for classes not named.</param>
    /// <param name="initialEpoch">The number of the first epoch.</param>
    /// <param name="cancellationToken">Ends the training between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The figures of each epoch.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data does not fit the model or the loss.</exception>
    public History Fit(
        Dataset<(Tensor X, Tensor Y)> batches, int epochs = 1, Verbose verbose = Verbose.Auto, IReadOnlyList<Callback>? callbacks = null,
        Dataset<(Tensor X, Tensor Y)>? validationData = null, IReadOnlyDictionary<int, double>? classWeight = null, int initialEpoch = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return Fit(new TensorFeed(batches), validationData is null
            ? null : new TensorFeed(validationData), 1, epochs, verbose, callbacks, classWeight, initialEpoch, cancellationToken);
    }

    private History Fit(
        Feed feed, Feed? validation, int inputs, int epochs, Verbose verbose, IReadOnlyList<Callback>? callbacks,
        IReadOnlyDictionary<int, double>? classWeight, int initialEpoch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        ArgumentOutOfRangeException.ThrowIfNegative(initialEpoch);
        Prepare(feed);
        History = new History();
        // Checkpoints save the counter; the history records what other callbacks add.
        List<Callback> all = [new EpochCounter(), .. callbacks ?? [], History];
        if (verbose != Verbose.Silent) all.Add(ProgressBar.ForConsole(verbose));
        using var runner = RequireTrainer().Runner(training: true, inputs, feed.HasWeights, ClassWeights.Table(classWeight));
        using var validator = validation is null ? null : RequireTrainer().Runner(training: false, inputs, validation.HasWeights);
        new FitLoop(this, RequireTrainer(), all, cancellationToken).Run(feed, runner, validation, validator,
            new FitParameters(epochs, initialEpoch, feed.Steps));
        return History;
    }

    private sealed class EpochCounter : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs) => Model.TrainedEpochs = epoch + 1;
    }
}
