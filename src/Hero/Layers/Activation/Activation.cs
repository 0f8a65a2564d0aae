using Hero.Saving;

namespace Hero.Layers;

/// <summary>Applies an activation function: any shape to the same shape.</summary>
/// <example><code>new Activation("relu")</code></example>
/// <param name="activation">The function or its Keras name.</param>
/// <param name="name">The layer's name.</param>
public sealed class Activation(ActivationFunction activation, string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("activation", activation.Name);

    internal static Activation FromConfig(Config config) => new(config.GetString("activation"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training) => activation.Apply(input);
}
