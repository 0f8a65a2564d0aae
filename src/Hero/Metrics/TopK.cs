using Hero.Saving;

namespace Hero.Metrics;

/// <summary>How often the true class is among the k with the greatest predictions: one-hot targets (batch, ..., classes).</summary>
public sealed class TopKCategoricalAccuracy : MeanMetric
{
    private readonly int k;

    /// <summary>Creates the metric.</summary>
    /// <param name="k">How many classes count.</param>
    /// <param name="name">What logs call it.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is below 1.</exception>
    public TopKCategoricalAccuracy(int k = 5, string name = "top_k_categorical_accuracy")
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        this.k = k;
    }

    internal override Config Write() => WriteK(Write(nameof(TopKCategoricalAccuracy)), k);

    internal override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        Losses.Weights.RequireSameShape(Name, yTrue, yPred);
        return Hits(yTrue.ArgMax(-1), yPred, k);
    }

    internal static Config WriteK(Config written, int k)
    {
        written.GetConfig("config").Set("k", k);
        return written;
    }

    // The true class is among the first k when fewer than k are above it; one that is tied with the k-th counts, as in TensorFlow.
    internal static Tensor Hits(Tensor classes, Tensor yPred, int k)
    {
        var isTrue = classes.ExpandDims(-1).EqualTo(Tensor.Arange(yPred.Shape[^1], DType.Int64));
        var score = Tensor.Where(isTrue, yPred, 0).Sum(-1, keepDims: true);
        var above = (yPred > score).Cast(DType.Int32).Sum(-1);
        return ((above < k) & score.Squeeze(-1).IsFinite()).Cast(DType.Float32);
    }
}

/// <summary>How often the true class is among the k with the greatest predictions: class numbers (batch, ...).</summary>
public sealed class SparseTopKCategoricalAccuracy : MeanMetric
{
    private readonly int k;

    /// <summary>Creates the metric.</summary>
    /// <param name="k">How many classes count.</param>
    /// <param name="name">What logs call it.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is below 1.</exception>
    public SparseTopKCategoricalAccuracy(int k = 5, string name = "sparse_top_k_categorical_accuracy")
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        this.k = k;
    }

    internal override Config Write() => TopKCategoricalAccuracy.WriteK(Write(nameof(SparseTopKCategoricalAccuracy)), k);

    internal override Tensor Values(Tensor yTrue, Tensor yPred) =>
        TopKCategoricalAccuracy.Hits(SparseCategoricalAccuracy.ClassNumbers(Name, yTrue, yPred), yPred, k);
}
