using Hero.Training;

namespace Hero;

public partial class Model
{
    /// <summary>Where the time of a training step on this batch goes, operation by operation. The steps are real ones: the weights change.</summary>
    /// <param name="x">Inputs: the first axis counts the examples.</param>
    /// <param name="y">Targets: as many.</param>
    /// <param name="runs">How many steps are timed, after one that is not.</param>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data does not fit the model or the loss.</exception>
    /// <example><code>Console.WriteLine(model.ProfileTraining(x, y));</code></example>
    public Profile ProfileTraining(Samples x, Samples y, int runs = 10)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var feed = OneBatch(x, y);
        Prepare(feed);
        using var runner = RequireTrainer().Runner(training: true, x.Columns.Length, feed.HasWeights);
        return Profile(runner, feed, runs);
    }

    /// <summary>Where the time of predicting this batch goes, operation by operation.</summary>
    /// <param name="x">Inputs: the first axis counts the examples.</param>
    /// <param name="runs">How many predictions are timed, after one that is not.</param>
    /// <exception cref="ArgumentException">The data does not fit the model.</exception>
    /// <example><code>model.ProfilePredicting(x).WriteChromeTrace("predict.json");</code></example>
    public Profile ProfilePredicting(Samples x, int runs = 10)
    {
        ArgumentNullException.ThrowIfNull(x);
        var feed = OneBatch(x, null);
        EnsureBuilt(feed.InputShapes!);
        using var runner = new StepRunner(PredictFunction(), [], []);
        return Profile(runner, feed, runs);
    }

    private static Feed OneBatch(Samples x, Samples? y)
    {
        if (x.Count == 0) throw new ArgumentException("There are no examples to run: the data is empty.", nameof(x));
        return Feed.InOrder(x, y, null, x.Count);
    }

    private static Profile Profile(StepRunner runner, Feed feed, int runs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(runs);
        return runner.Profile(feed.Epoch(0, CancellationToken.None).First(), runs);
    }
}
