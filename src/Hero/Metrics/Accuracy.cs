using Hero.Saving;

namespace Hero.Metrics;

/// <summary>How often the predicted class is the true one; the kind (binary, categorical, sparse) follows from the shapes, as Keras does
/// it.</summary>
/// <param name="name">What logs call it.</param>
public sealed class Accuracy(string name = "accuracy") : MeanMetric(name)
{
    private const double Threshold = 0.5;

    internal override Config Write() => Write(nameof(Accuracy));

    internal override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        if (yPred.Rank < 2 || yPred.Shape[^1] == 1) return BinaryAccuracy.Hits(Name, yTrue, yPred, Threshold);
        return yTrue.Shape == yPred.Shape
            ? CategoricalAccuracy.Hits(Name, yTrue, yPred) : SparseCategoricalAccuracy.Hits(Name, yTrue, yPred);
    }
}

/// <summary>How often a prediction is on the true side of a threshold: targets 0 or 1 of the predictions' shape.</summary>
/// <param name="threshold">Predictions above it count as 1.</param>
/// <param name="name">What logs call it.</param>
public sealed class BinaryAccuracy(double threshold = 0.5, string name = "binary_accuracy") : MeanMetric(name)
{
    internal override Config Write()
    {
        var written = Write(nameof(BinaryAccuracy));
        written.GetConfig("config").Set("threshold", threshold);
        return written;
    }

    internal override Tensor Values(Tensor yTrue, Tensor yPred) => Hits(Name, yTrue, yPred, threshold);

    internal static Tensor Hits(string name, Tensor yTrue, Tensor yPred, double threshold)
    {
        var (targets, predictions) = Losses.Weights.SameRank(yTrue, yPred);
        Losses.Weights.RequireSameShape(name, targets, predictions);
        var hits = targets.Cast(predictions.DType).EqualTo((predictions > threshold).Cast(predictions.DType)).Cast(DType.Float32);
        return hits.Rank < 2 ? hits : hits.Mean(-1);
    }
}

/// <summary>How often the greatest prediction is at the greatest target: one-hot targets (batch, ..., classes).</summary>
/// <param name="name">What logs call it.</param>
public sealed class CategoricalAccuracy(string name = "categorical_accuracy") : MeanMetric(name)
{
    internal override Config Write() => Write(nameof(CategoricalAccuracy));

    internal override Tensor Values(Tensor yTrue, Tensor yPred) => Hits(Name, yTrue, yPred);

    internal static Tensor Hits(string name, Tensor yTrue, Tensor yPred)
    {
        Losses.Weights.RequireSameShape(name, yTrue, yPred);
        return yTrue.ArgMax(-1).EqualTo(yPred.ArgMax(-1)).Cast(DType.Float32);
    }
}

/// <summary>How often the greatest prediction is that of the true class: targets are class numbers, (batch, ...) or (batch, ...,
/// 1).</summary>
/// <param name="name">What logs call it.</param>
public sealed class SparseCategoricalAccuracy(string name = "sparse_categorical_accuracy") : MeanMetric(name)
{
    internal override Config Write() => Write(nameof(SparseCategoricalAccuracy));

    internal override Tensor Values(Tensor yTrue, Tensor yPred) => Hits(Name, yTrue, yPred);

    internal static Tensor Hits(string name, Tensor yTrue, Tensor yPred) =>
        ClassNumbers(name, yTrue, yPred).EqualTo(yPred.ArgMax(-1)).Cast(DType.Float32);

    /// <summary>Targets as int64 of the predictions' shape without the classes.</summary>
    internal static Tensor ClassNumbers(string name, Tensor yTrue, Tensor yPred)
    {
        var targets = yTrue.Rank == yPred.Rank && yTrue.Shape[^1] == 1 ? yTrue.Squeeze(-1) : yTrue;
        if (targets.Shape != yPred.Shape[..^1])
            throw new ArgumentException($"'{name}' expects class numbers of shape {yPred.Shape[..^1]} for predictions {yPred.Shape}, "
                + $"got {yTrue.Shape}.");
        return targets.Cast(DType.Int64);
    }
}
