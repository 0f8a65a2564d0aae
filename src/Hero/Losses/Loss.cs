using Hero.Layers;
using Hero.Saving;

namespace Hero.Losses;

/// <summary>
/// How wrong predictions are: a value for each example, whose mean training makes smaller. A name stands for Keras' loss of that
/// name; a function of (yTrue, yPred) can be given wherever a loss can.
/// </summary>
public abstract class Loss
{
    private protected Loss(string name) => Name = name;

    /// <summary>Keras' name: "categorical_crossentropy".</summary>
    public string Name { get; }

    /// <summary>Keras' loss of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static implicit operator Loss(string name) => Losses.Get(name);

    /// <summary>A loss of one's own; see <see cref="From"/>.</summary>
    public static implicit operator Loss(Func<Tensor, Tensor, Tensor> function) => From(function);

    /// <summary>A loss of one's own.</summary>
    /// <param name="function">Of (yTrue, yPred), shapes (batch, ...): the loss of each example, shape (batch, ...), or of the batch, a
    /// scalar.</param>
    /// <param name="name">What files call it.</param>
    public static Loss From(Func<Tensor, Tensor, Tensor> function, string name = "loss_function")
    {
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionLoss(name, function);
    }

    /// <summary>The mean loss: a scalar. bfloat16 is made float32 first. Where the model's answer has a mask, from <see cref="Layers.Masking"/> or an
    /// <see cref="Layers.Embedding"/>, it is the mean over the steps that count.</summary>
    /// <param name="yTrue">The truth: (batch, ...).</param>
    /// <param name="yPred">The model's answer: (batch, ...), floating.</param>
    /// <param name="sampleWeight">What each example counts: (batch). The sum of weighted losses is divided by the number of examples, as
    /// in Keras, with a mask by that of the steps that count.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Apply(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        var mask = Masks.Of(yPred);
        var losses = Values(DTypePolicy.Widen(yTrue), DTypePolicy.Widen(yPred));
        if (losses.Rank == 0 && sampleWeight is not null)
            throw new ArgumentException($"Loss '{Name}' gives one value for the whole batch, so its examples cannot be weighted. "
                + $"Return the loss of each example, shape (batch).");
        if (losses.Rank == 0 || Weights.Of(sampleWeight, mask, losses, losses.DType, Name) is not { } weights) return losses.Mean();
        var mean = (losses * weights).Mean();
        // The share is at least one step's, so that a batch without a step that counts has a loss of 0.
        return mask is null ? mean : mean / mask.Cast(losses.DType).Mean().Maximum(1.0 / mask.Size);
    }

    /// <summary>The loss of each example: (batch, ...) without the last axis.</summary>
    internal abstract Tensor Values(Tensor yTrue, Tensor yPred);

    /// <summary>Type and settings; null for functions, which files cannot hold.</summary>
    internal abstract Config? Write();

    private sealed class FunctionLoss(string name, Func<Tensor, Tensor, Tensor> function) : Loss(name)
    {
        internal override Tensor Values(Tensor yTrue, Tensor yPred) => function(yTrue, yPred);

        internal override Config? Write() => Losses.IsRegistered(Name) ? Registry<Loss>.Write(Name, new Config()) : null;
    }
}

/// <summary>Weights of examples against values of more axes.</summary>
internal static class Weights
{
    /// <summary>What each value counts, of the values' rank: what its example does, and nothing where a mask is false; null where all count 1.</summary>
    public static Tensor? Of(Tensor? sampleWeight, Tensor? mask, Tensor values, DType type, string what)
    {
        var weights = sampleWeight is null ? null : Align(sampleWeight.Cast(type), values, what);
        if (mask is null) return weights;
        var counts = Align(mask.Cast(type), values, what);
        return weights is null ? counts : weights * counts;
    }

    /// <summary>Gives weights (batch) or (batch, ...) the rank of the values, so that they broadcast over the axes they lack.</summary>
    public static Tensor Align(Tensor weights, Tensor values, string what)
    {
        while (weights.Rank > values.Rank && weights.Shape[^1] == 1) weights = weights.Squeeze(-1);
        while (weights.Rank < values.Rank) weights = weights.ExpandDims(-1);
        if (weights.Rank != values.Rank || weights.Shape[0] != values.Shape[0])
            throw new ArgumentException($"'{what}' gives values of shape {values.Shape}: expected weights of shape "
                + $"({values.Shape[0]},), got {weights.Shape}.");
        return weights;
    }

    /// <summary>Brings (batch, ..., 1) and (batch, ...) to one shape, whichever of the two has the last axis.</summary>
    public static (Tensor True, Tensor Predicted) SameRank(Tensor yTrue, Tensor yPred)
    {
        if (yTrue.Rank + 1 == yPred.Rank && yPred.Shape[^1] == 1) return (yTrue.ExpandDims(-1), yPred);
        if (yTrue.Rank == yPred.Rank + 1 && yTrue.Shape[^1] == 1) return (yTrue.Squeeze(-1), yPred);
        return (yTrue, yPred);
    }

    /// <summary>Throws unless both have one shape.</summary>
    public static void RequireSameShape(string what, Tensor yTrue, Tensor yPred)
    {
        if (yTrue.Shape != yPred.Shape)
            throw new ArgumentException($"'{what}' expects targets of the predictions' shape {yPred.Shape}, got {yTrue.Shape}.");
    }
}
