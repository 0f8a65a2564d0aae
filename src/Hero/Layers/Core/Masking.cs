using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Masks time steps all of whose features are one value: recurrent layers after it pass over them. (batch, time, features) to the same
/// shape, masked steps set to 0.
/// </summary>
/// <example><code>new Masking(maskValue: -1)</code></example>
/// <param name="maskValue">The value.</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Masking(double maskValue = 0, string? name = null, DTypePolicy? dtype = null) : Layer(name, dtype)
{
    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("mask_value", maskValue);

    internal static Masking FromConfig(Config config) => new(config.GetDouble("mask_value"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input * Counts(input).ExpandDims(-1).Cast(input.DType);
    }

    internal override Tensor? ComputeMask(Tensor[] inputs, Tensor? mask) => Counts(inputs[0]);

    private Tensor Counts(Tensor input)
    {
        if (input.Rank < 3) throw new ArgumentException($"expects sequences of shape (batch, time, features), got {input.Shape}");
        return input.NotEqualTo(Tensor.Full([], maskValue, input.DType)).Max(-1);
    }
}
