namespace Hero.Vision.Retraining;

/// <summary>What <see cref="RetrainJob"/> tells while it works.</summary>
public abstract record RetrainProgress
{
    private protected RetrainProgress()
    {
    }
}

/// <summary>A line worth reading: what was found, what is done next.</summary>
/// <param name="Text">One line.</param>
public sealed record RetrainMessage(string Text) : RetrainProgress;

/// <summary>Something that should not be overlooked: a picture that cannot be read, a class with few pictures.</summary>
/// <param name="Text">One line.</param>
public sealed record RetrainWarning(string Text) : RetrainProgress;

/// <summary>How far a piece of work is.</summary>
/// <param name="Work">What is done: "Reading pictures", "Training", "Fine-tuning", "Testing".</param>
/// <param name="Done">Pictures or steps done.</param>
/// <param name="Total">Pictures or steps in all.</param>
/// <param name="PicturesPerSecond">The speed of the work so far; 0 while it is unknown.</param>
public sealed record RetrainAdvance(string Work, int Done, int Total, double PicturesPerSecond) : RetrainProgress;

/// <summary>The figures of a step, every so many steps.</summary>
/// <param name="Work">"Training" or "Fine-tuning".</param>
/// <param name="Step">The step, from 0.</param>
/// <param name="TrainAccuracy">Share of the step's training pictures that were classified rightly.</param>
/// <param name="CrossEntropy">The loss on them.</param>
/// <param name="ValidationAccuracy">Share of the validation pictures looked at that were classified rightly; NaN when there are none.</param>
/// <param name="ValidationCount">How many validation pictures were looked at.</param>
public sealed record RetrainFigures(string Work, int Step, double TrainAccuracy, double CrossEntropy, double ValidationAccuracy, int ValidationCount)
    : RetrainProgress
{
    /// <summary>The line the talk's tool prints.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"Step {Step}: train accuracy {100 * TrainAccuracy:F1} %, cross entropy {CrossEntropy:F6}") +
        (ValidationCount == 0 ? "" : FormattableString.Invariant($", validation accuracy {100 * ValidationAccuracy:F1} % (N={ValidationCount})"));
}
