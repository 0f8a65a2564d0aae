using Hero.Layers;

namespace Hero.Saving;

/// <summary>
/// Makes own layers, activations ... known by name, so that models that use them can be loaded: Keras'
/// <c>register_keras_serializable</c>. Nothing is made that was not registered.
/// </summary>
public static class CustomObjects
{
    /// <summary>Makes a layer type known.</summary>
    /// <param name="name">The type's name: what <c>GetType().Name</c> gives.</param>
    /// <param name="fromConfig">Makes a layer of the settings its <see cref="Layer.GetConfig"/> gave; name and trainable flag are set
    /// afterwards.</param>
    public static void RegisterLayer(string name, Func<Config, Layer> fromConfig) => LayerRegistry.Layers[name] = fromConfig;

    /// <summary>Makes an activation function known, for files and for layers that name it.</summary>
    public static void RegisterActivation(ActivationFunction activation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        Activations.Register(activation);
    }

    /// <summary>Makes a loss of one's own known.</summary>
    /// <param name="name">What files call it.</param>
    /// <param name="function">Of (yTrue, yPred): the loss of each example.</param>
    public static void RegisterLoss(string name, Func<Tensor, Tensor, Tensor> function) => Losses.Losses.Register(name, function);
}
