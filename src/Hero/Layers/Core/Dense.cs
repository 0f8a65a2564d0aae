using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Every output from every input: y = activation(x kernel + bias), along the last axis. (batch, ..., in) -> (batch, ..., units);
/// weights: kernel (in, units), bias (units).
/// </summary>
/// <example><code>new Dense(128, activation: "relu")</code></example>
public sealed class Dense : Layer
{
    private readonly ActivationFunction activation;
    private readonly KernelSettings settings;
    private Variable? kernel;
    private Variable? bias;

    /// <summary>Creates the layer.</summary>
    /// <param name="units">Outputs.</param>
    /// <param name="activation">The function of the result; none when not given.</param>
    /// <param name="useBias">Whether something is added to each output.</param>
    /// <param name="kernelInitializer">glorot_uniform when not given.</param>
    /// <param name="biasInitializer">zeros when not given.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel.</param>
    /// <param name="biasRegularizer">A penalty on the bias.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one unit.</exception>
    public Dense(
        int units, ActivationFunction? activation = null, bool useBias = true, Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null, Regularizer? biasRegularizer = null,
        string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (units < 1) throw new ArgumentOutOfRangeException(nameof(units), units, $"Dense needs at least 1 unit, got {units}.");
        Units = units;
        this.activation = activation ?? Activations.Linear;
        settings = new KernelSettings(useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer);
    }

    /// <summary>Outputs.</summary>
    public int Units { get; }

    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() => settings.Write(base.GetConfig().Set("units", Units).Set("activation", activation.Name));

    internal static Dense FromConfig(Config config)
    {
        var settings = KernelSettings.Read(config);
        return new Dense(config.GetInt("units"), config.GetString("activation"), settings.UseBias, settings.KernelInitializer,
            settings.BiasInitializer, settings.KernelRegularizer, settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank == 0)
            throw new ArgumentException("expects inputs of shape (batch, ..., features), got one number per example; add an axis with "
                + "Reshape(1)");
        kernel = AddWeight("kernel", [inputShape[^1], Units], settings.KernelInitializer, regularizer: settings.KernelRegularizer);
        if (settings.UseBias) bias = AddWeight("bias", [Units], settings.BiasInitializer ?? "zeros", regularizer: settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Shape[^1] != kernel!.Shape[0])
            throw new ArgumentException($"expects a last dimension of {kernel.Shape[0]}, got shape {input.Shape}");
        var output = input.MatMul(Cast(kernel));
        return activation.Apply(bias is null ? output : output + Cast(bias));
    }
}
