using Hero.Ops;
using Hero.Saving;

namespace Hero.Losses;

/// <summary>What the cross-entropies share: probabilities, and the way from them back to logits where the model's last operation allows
/// it.</summary>
internal static class Crossentropy
{
    // Keras' backend.epsilon(): probabilities are held this far from 0 and 1.
    private const double Epsilon = 1e-7;

    /// <summary>The logits where probabilities come straight out of a softmax: exact, and one pass instead of three.</summary>
    public static Tensor? SoftmaxLogits(Tensor probabilities) =>
        Narrow(probabilities) is { Op: SoftmaxOp } softmax ? DTypePolicy.Widen(softmax.Inputs[0]) : null;

    /// <summary>The logits where probabilities come straight out of a sigmoid.</summary>
    public static Tensor? SigmoidLogits(Tensor probabilities) =>
        Narrow(probabilities) is { Op: UnaryOp { Kind: ScalarFunction.Sigmoid } } sigmoid ? DTypePolicy.Widen(sigmoid.Inputs[0]) : null;

    /// <summary>Logs of probabilities that are first made to sum to 1.</summary>
    public static Tensor LogNormalized(Tensor probabilities) =>
        LogClipped(probabilities / probabilities.Sum(-1, keepDims: true));

    public static Tensor LogClipped(Tensor probabilities) => probabilities.Clip(Epsilon, 1 - Epsilon).Log();

    /// <summary>The bfloat16 that was widened for the loss, where there was any.</summary>
    private static Tensor Narrow(Tensor x) => x is { Op: CastOp, Inputs: [{ DType: DType.BFloat16 } narrow] } ? narrow : x;

    public static void CheckSmoothing(double labelSmoothing)
    {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing,
                $"Label smoothing goes from 0 to 1, got {labelSmoothing}.");
    }
}

/// <summary>
/// -sum t log p for one-hot targets t or target probabilities: (batch, ..., classes) -> (batch, ...). Where p comes out of a
/// softmax the loss is computed from its logits, without rounding or overflow.
/// </summary>
public sealed class CategoricalCrossentropy : Loss
{
    private readonly bool fromLogits;
    private readonly double labelSmoothing;

    /// <summary>Creates the loss.</summary>
    /// <param name="fromLogits">Whether the model gives logits: its last layer has no softmax.</param>
    /// <param name="labelSmoothing">The part of each target that is spread evenly over all classes.</param>
    /// <param name="name">What logs and files call it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing is outside [0, 1].</exception>
    public CategoricalCrossentropy(bool fromLogits = false, double labelSmoothing = 0, string name = "categorical_crossentropy")
        : base(name)
    {
        Crossentropy.CheckSmoothing(labelSmoothing);
        this.fromLogits = fromLogits;
        this.labelSmoothing = labelSmoothing;
    }

    internal static CategoricalCrossentropy FromConfig(Config config) =>
        new(config.GetBool("from_logits"), config.GetDouble("label_smoothing"));

    internal override Config Write() => Registry<Loss>.Write(
        nameof(CategoricalCrossentropy), new Config().Set("from_logits", fromLogits).Set("label_smoothing", labelSmoothing));

    internal override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        if (yTrue.Shape != yPred.Shape)
        {
            throw new ArgumentException($"'{Name}' expects one-hot targets of the predictions' shape {yPred.Shape}, got {yTrue.Shape}."
                + (yTrue.Rank < yPred.Rank || yTrue.Shape[^1] == 1 ? " For class numbers use \"sparse_categorical_crossentropy\"." : ""));
        }
        var targets = yTrue.Cast(yPred.DType);
        if (labelSmoothing > 0) targets = targets * (1 - labelSmoothing) + labelSmoothing / yPred.Shape[^1];
        var logits = fromLogits ? yPred : Crossentropy.SoftmaxLogits(yPred);
        return logits is not null ? logits.SoftmaxCrossEntropy(targets) : -(targets * Crossentropy.LogNormalized(yPred)).Sum(-1);
    }
}

/// <summary>
/// -log p[t] for class numbers t: targets (batch, ...) or (batch, ..., 1), predictions (batch, ..., classes) -> (batch, ...).
/// After a softmax, or from logits, a class number that does not exist gives NaN.
/// </summary>
/// <param name="fromLogits">Whether the model gives logits: its last layer has no softmax.</param>
/// <param name="name">What logs and files call it.</param>
public sealed class SparseCategoricalCrossentropy(bool fromLogits = false, string name = "sparse_categorical_crossentropy") : Loss(name)
{
    internal static SparseCategoricalCrossentropy FromConfig(Config config) => new(config.GetBool("from_logits"));

    internal override Config Write() =>
        Registry<Loss>.Write(nameof(SparseCategoricalCrossentropy), new Config().Set("from_logits", fromLogits));

    internal override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        var targets = yTrue.Rank == yPred.Rank && yTrue.Shape[^1] == 1 ? yTrue.Squeeze(-1) : yTrue;
        if (targets.Shape != yPred.Shape[..^1])
        {
            throw new ArgumentException($"'{Name}' expects class numbers of shape {yPred.Shape[..^1]} for predictions {yPred.Shape}, "
                + $"got {yTrue.Shape}."
                + (yTrue.Shape == yPred.Shape ? " For one-hot targets use \"categorical_crossentropy\"." : ""));
        }
        var logits = fromLogits ? yPred : Crossentropy.SoftmaxLogits(yPred);
        if (logits is not null) return logits.SoftmaxCrossEntropy(targets.Cast(DType.Int32));
        var isClass = targets.Cast(DType.Int32).OneHot(yPred.Shape[^1], yPred.DType);
        return -(isClass * Crossentropy.LogNormalized(yPred)).Sum(-1);
    }
}

/// <summary>
/// -(t log p + (1 - t) log(1 - p)), the mean along the last axis: (batch, ..., n) -> (batch, ...). Where p comes out of a sigmoid
/// the loss is computed from its logits.
/// </summary>
public sealed class BinaryCrossentropy : Loss
{
    private readonly bool fromLogits;
    private readonly double labelSmoothing;

    /// <summary>Creates the loss.</summary>
    /// <param name="fromLogits">Whether the model gives logits: its last layer has no sigmoid.</param>
    /// <param name="labelSmoothing">How far targets are moved towards 1/2.</param>
    /// <param name="name">What logs and files call it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing is outside [0, 1].</exception>
    public BinaryCrossentropy(bool fromLogits = false, double labelSmoothing = 0, string name = "binary_crossentropy")
        : base(name)
    {
        Crossentropy.CheckSmoothing(labelSmoothing);
        this.fromLogits = fromLogits;
        this.labelSmoothing = labelSmoothing;
    }

    internal static BinaryCrossentropy FromConfig(Config config) => new(config.GetBool("from_logits"), config.GetDouble("label_smoothing"));

    internal override Config Write() => Registry<Loss>.Write(
        nameof(BinaryCrossentropy), new Config().Set("from_logits", fromLogits).Set("label_smoothing", labelSmoothing));

    internal override Tensor Values(Tensor yTrue, Tensor yPred)
    {
        var (targets, predictions) = Weights.SameRank(yTrue, yPred);
        Weights.RequireSameShape(Name, targets, predictions);
        targets = targets.Cast(predictions.DType);
        if (labelSmoothing > 0) targets = targets * (1 - labelSmoothing) + labelSmoothing / 2;
        var logits = fromLogits ? predictions : Crossentropy.SigmoidLogits(predictions);
        var values = logits is not null
            ? logits.Softplus() - logits * targets
            : -(targets * Crossentropy.LogClipped(predictions) + (1 - targets) * Crossentropy.LogClipped(1 - predictions));
        return values.Mean(-1);
    }
}
