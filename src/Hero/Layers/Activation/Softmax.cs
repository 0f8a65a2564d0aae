using Hero.Saving;

namespace Hero.Layers;

/// <summary>e^x / sum e^x along an axis: any shape to the same shape.</summary>
/// <param name="axis">The axis, the batch counted as 0; -1 is the last.</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Softmax(int axis = -1, string? name = null, DTypePolicy? dtype = null) : Layer(name, dtype)
{
    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("axis", axis);

    internal static Softmax FromConfig(Config config) => new(config.GetInt("axis"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Softmax(axis);
    }
}
