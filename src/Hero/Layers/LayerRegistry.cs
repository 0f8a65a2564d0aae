using Hero.Saving;

namespace Hero.Layers;

/// <summary>The layers that files may name. A new layer adds its line here.</summary>
internal static class LayerRegistry
{
    public static Registry<Layer> Layers { get; } = new("layer")
    {
        [nameof(Activation)] = Activation.FromConfig,
        [nameof(Dense)] = Dense.FromConfig,
        [nameof(Dropout)] = Dropout.FromConfig,
        [nameof(Flatten)] = Flatten.FromConfig,
        [nameof(Input)] = Input.FromConfig,
        [nameof(LeakyReLU)] = LeakyReLU.FromConfig,
        [nameof(ReLU)] = ReLU.FromConfig,
        [nameof(Softmax)] = Softmax.FromConfig,
    };

    /// <summary>Type and configuration of a layer.</summary>
    public static Config Write(Layer layer) => Registry<Layer>.Write(layer.GetType().Name, layer.GetConfig());

    /// <summary>Makes a layer, without its weights, of what <see cref="Write"/> gave.</summary>
    /// <exception cref="ModelFileException">It is not sound.</exception>
    public static Layer Read(Config written)
    {
        var layer = Layers.Read(written);
        var config = written.GetConfig("config");
        var name = config.GetString("name");
        try
        {
            LayerNames.Check(name);
        }
        catch (ArgumentException error)
        {
            throw new ModelFileException(error.Message, error);
        }
        layer.SetName(name);
        layer.SetTrainable(config.GetBool("trainable"));
        return layer;
    }
}
