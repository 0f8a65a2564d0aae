using Hero.Saving;

namespace Hero.Layers;

/// <summary>Applies an activation function: any shape to the same shape.</summary>
/// <example><code>new Activation("relu")</code></example>
/// <param name="activation">The function or its Keras name.</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Activation(ActivationFunction activation, string? name = null, DTypePolicy? dtype = null) : Layer(name, dtype)
{
    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("activation", activation.Name);

    internal static Activation FromConfig(Config config) => new(config.GetString("activation"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training) => activation.Apply(input);
}
