using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>What all layers with a kernel and a bias can be told about these.</summary>
internal sealed record KernelSettings(
    bool UseBias, Initializer? KernelInitializer, Initializer? BiasInitializer, Regularizer? KernelRegularizer,
    Regularizer? BiasRegularizer)
{
    /// <summary>Adds the settings to a layer's configuration; <paramref name="kernel"/> is the kernel's name.</summary>
    public Config Write(Config config, string kernel = "kernel") => config
        .Set("use_bias", UseBias)
        .Set(kernel + "_initializer", KernelInitializer?.Write().Json)
        .Set("bias_initializer", BiasInitializer?.Write().Json)
        .Set(kernel + "_regularizer", KernelRegularizer?.Write().Json)
        .Set("bias_regularizer", BiasRegularizer?.Write().Json);

    public static KernelSettings Read(Config config, string kernel = "kernel") => new(
        config.GetBool("use_bias"), ReadInitializer(config, kernel + "_initializer"), ReadInitializer(config, "bias_initializer"),
        ReadRegularizer(config, kernel + "_regularizer"), ReadRegularizer(config, "bias_regularizer"));

    public static Initializer? ReadInitializer(Config config, string name) =>
        config.Has(name) ? Initializer.Registry.Read(config.GetConfig(name)) : null;

    public static Regularizer? ReadRegularizer(Config config, string name) =>
        config.Has(name) ? Regularizer.Registry.Read(config.GetConfig(name)) : null;
}
