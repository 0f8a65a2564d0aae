using Hero.Saving;

namespace Hero.Losses;

/// <summary>Mean of (t - p)^2 along the last axis: (batch, ..., n) -> (batch, ...).</summary>
/// <param name="name">What logs and files call it.</param>
public sealed class MeanSquaredError(string name = "mean_squared_error") : Loss(name)
{
    internal override Config Write() => Registry<Loss>.Write(nameof(MeanSquaredError), new Config());

    internal override Tensor Values(Tensor yTrue, Tensor yPred) => Distance.Differences(Name, yTrue, yPred).Square().Mean(-1);
}

/// <summary>Mean of |t - p| along the last axis: (batch, ..., n) -> (batch, ...).</summary>
/// <param name="name">What logs and files call it.</param>
public sealed class MeanAbsoluteError(string name = "mean_absolute_error") : Loss(name)
{
    internal override Config Write() => Registry<Loss>.Write(nameof(MeanAbsoluteError), new Config());

    internal override Tensor Values(Tensor yTrue, Tensor yPred) => Distance.Differences(Name, yTrue, yPred).Abs().Mean(-1);
}

/// <summary>
/// Half the squared difference up to delta, beyond that delta (|t - p| - delta / 2); the mean along the last axis (Huber 1964).
/// </summary>
public sealed class Huber : Loss
{
    private readonly double delta;

    /// <summary>Creates the loss.</summary>
    /// <param name="delta">Where it goes from square to linear.</param>
    /// <param name="name">What logs and files call it.</param>
    /// <exception cref="ArgumentOutOfRangeException">Delta is not above 0.</exception>
    public Huber(double delta = 1, string name = "huber_loss")
        : base(name)
    {
        if (!(delta > 0)) throw new ArgumentOutOfRangeException(nameof(delta), delta, $"Huber needs a delta above 0, got {delta}.");
        this.delta = delta;
    }

    internal override Config Write() => Registry<Loss>.Write(nameof(Huber), new Config().Set("delta", delta));

    internal override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        var differences = Distance.Differences(Name, yTrue, yPred);
        var distances = differences.Abs();
        return Tensor.Where(distances <= delta, differences.Square() * 0.5, distances * delta - 0.5 * delta * delta).Mean(-1);
    }
}

internal static class Distance
{
    /// <summary>p - t, with at least two axes so that the last one is not the batch.</summary>
    public static Tensor Differences(string what, Tensor yTrue, Tensor yPred)
    {
        var (targets, predictions) = Weights.SameRank(yTrue, yPred);
        Weights.RequireSameShape(what, targets, predictions);
        var differences = predictions - targets.Cast(predictions.DType);
        return differences.Rank == 1 ? differences.ExpandDims(-1) : differences;
    }
}
