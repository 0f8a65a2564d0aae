using Hero.Saving;

namespace Hero.Layers;

/// <summary>e^x / sum e^x along an axis: any shape to the same shape. Where the input has a mask of its own shape, numbers that do not count
/// get nothing.</summary>
/// <param name="axis">The axis, the batch counted as 0; -1 is the last.</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Softmax(int axis = -1, string? name = null, DTypePolicy? dtype = null) : Layer(name, dtype)
{
    // Keras' number: below all logits, yet finite, so that rows without any that counts are no NaN.
    private const double Excluded = -1e9;

    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("axis", axis);

    internal static Softmax FromConfig(Config config) => new(config.GetInt("axis"));

    internal override Tensor[] CallAll(Tensor[] inputs, bool training, Tensor? mask)
    {
        var input = DTypePolicy.Cast(Only(inputs));
        if (mask is not null && mask.Shape == input.Shape) input += Tensor.Where(mask, Tensor.Zeros([], input.DType), Excluded);
        return [input.Softmax(axis)];
    }
}
