using System.Diagnostics;
using Hero.Optimizers;

namespace Hero.Vision.Retraining;

/// <summary>A part of a training: what is done, on what, and how it is judged.</summary>
internal sealed record TrainingWork
{
    /// <summary>"Training" or "Fine-tuning".</summary>
    public required string Name { get; init; }

    /// <summary>How many steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Pictures in a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Inputs and classes from a step on to the last.</summary>
    public required Func<int, IEnumerable<(Tensor Inputs, Tensor Classes)>> Batches { get; init; }

    /// <summary>From inputs to logits, as in training.</summary>
    public required Func<Tensor, Tensor> Logits { get; init; }

    /// <summary>What is trained.</summary>
    public required IReadOnlyList<Variable> Trained { get; init; }

    /// <summary>What changes, with names: also moving statistics and the states of random generators.</summary>
    public required IReadOnlyList<(string Path, Variable Variable)> Variables { get; init; }

    public required Optimizer Optimizer { get; init; }

    /// <summary>The step size of a step as a share of the optimizer's first one; null for the same throughout.</summary>
    public Func<int, double>? Schedule { get; init; }

    /// <summary>Looks at some validation pictures, drawn for a step.</summary>
    public required Func<int, Verdict> Glance { get; init; }

    /// <summary>Looks at all validation pictures, to know the best weights; null where the latest ones are the best.</summary>
    public Func<Verdict>? Judge { get; init; }

    /// <summary>After how many steps the network is judged.</summary>
    public int JudgeEvery { get; init; }
}

/// <summary>Makes the steps of a training, tells about them, and keeps the best weights and the state to go on from.</summary>
internal sealed class TrainingLoop(RetrainOptions options, RetrainState state, CurveLog curves, IProgress<RetrainProgress>? progress, CancellationToken cancellationToken)
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(100);

    /// <summary>Trains; stops at a step when asked to, with the state saved. Leaves the best weights in the network.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="resume">Whether to go on from the saved state.</param>
    /// <returns>How many steps are done in all.</returns>
    public int Run(TrainingWork work, bool resume)
    {
        var best = new WeightSnapshot(work.Variables);
        work.Optimizer.Build(work.Trained);
        var paths = work.Variables.ToDictionary(pair => pair.Variable, pair => pair.Path);
        var variables = work.Variables.Concat(work.Optimizer.NamedVariables(paths)).ToArray();
        var rate = work.Optimizer.LearningRate.Item<float>();
        var done = resume ? state.Load(variables, best) : 0;
        if (done == 0 && work.Judge is not null) best.Offer(work.Judge()); // fine-tuning must not end worse than it began
        using var step = new TrainingStep(work.Logits, work.Trained, work.Optimizer);
        var (clock, reported, first) = (Stopwatch.StartNew(), TimeSpan.Zero, done);
        var stopped = false;
        foreach (var (inputs, classes) in work.Batches(done))
        {
            if (work.Schedule is { } schedule) work.Optimizer.LearningRate.Assign<float>([(float)(rate * schedule(done))]);
            var (loss, accuracy) = step.Run(inputs, classes);
            if (!float.IsFinite(loss))
                throw new InvalidDataException($"Step {done}: the loss is no finite number any more. Try a smaller --learning-rate (it was {rate}).");
            var isLast = done == work.Steps - 1;
            if (done % options.EvalInterval == 0 || isLast)
            {
                var glance = work.Glance(done);
                var figures = new RetrainFigures(work.Name, done, accuracy, loss, glance.Accuracy, glance.Count);
                curves.Write(figures);
                progress?.Report(figures);
            }
            done++;
            if (work.Judge is not null && (done % work.JudgeEvery == 0 || isLast)) best.Offer(work.Judge());
            if (clock.Elapsed - reported > BetweenReports || isLast)
            {
                reported = clock.Elapsed;
                progress?.Report(new RetrainAdvance(work.Name, done, work.Steps, (done - first) * (double)work.BatchSize / reported.TotalSeconds));
            }
            stopped = cancellationToken.IsCancellationRequested && !isLast;
            if (stopped || (options.SaveEvery > 0 && done % options.SaveEvery == 0 && !isLast))
            {
                curves.Flush();
                Save();
            }
            if (stopped) break;
        }
        if (best.IsTaken) best.Restore();
        return done;

        // A state that cannot be written (a full disk) must not cost the training itself.
        void Save()
        {
            try
            {
                state.Save(work.Name, done, variables, best);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                progress?.Report(new RetrainWarning($"The state after step {done} could not be saved, --resume will not know of it: {error.Message}"));
            }
        }
    }
}
