using Hero.Saving;

namespace Hero.Metrics;

/// <summary>Mean of (t - p)^2.</summary>
/// <param name="name">What logs call it.</param>
public sealed class MeanSquaredError(string name = "mean_squared_error") : MeanMetric(name)
{
    internal override Config Write() => Write(nameof(MeanSquaredError));

    internal override Tensor Values(Tensor yTrue, Tensor yPred) => Losses.Distance.Differences(Name, yTrue, yPred).Square().Mean(-1);
}

/// <summary>Mean of |t - p|.</summary>
/// <param name="name">What logs call it.</param>
public sealed class MeanAbsoluteError(string name = "mean_absolute_error") : MeanMetric(name)
{
    internal override Config Write() => Write(nameof(MeanAbsoluteError));

    internal override Tensor Values(Tensor yTrue, Tensor yPred) => Losses.Distance.Differences(Name, yTrue, yPred).Abs().Mean(-1);
}
