using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Filters that are moved over pictures: (batch, height, width, channels) -> (batch, newHeight, newWidth, filters);
/// y[b, i, j, o] = activation(bias[o] + sum over u, v, c of x[b, i s + u d, j s + v d, c] kernel[u, v, c, o]). Weights: kernel
/// (kernelHeight, kernelWidth, channels / groups, filters), bias (filters).
/// </summary>
/// <example><code>new Conv2D(32, 3, activation: "relu")      new Conv2D(64, (5, 1), strides: 2, padding: "same")</code></example>
public sealed class Conv2D : Layer
{
    private readonly int filters;
    private readonly int groups;
    private readonly ConvolutionSettings window;
    private readonly KernelSettings settings;
    private Variable? kernel;
    private Variable? bias;

    /// <summary>Creates the layer.</summary>
    /// <param name="filters">Channels of the result.</param>
    /// <param name="kernelSize">Height and width of the filters.</param>
    /// <param name="strides">How far they move; 1 when not given.</param>
    /// <param name="padding">"valid" (none), "same" (the result is as large as the input divided by the strides), or explicit.</param>
    /// <param name="dilationRate">The distance of a filter's cells; 1 when not given.</param>
    /// <param name="groups">Into how many parts the channels are divided; each filter sees one.</param>
    /// <param name="activation">The function of the result; none when not given.</param>
    /// <param name="useBias">Whether something is added to each filter's result.</param>
    /// <param name="kernelInitializer">glorot_uniform when not given.</param>
    /// <param name="biasInitializer">zeros when not given.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel.</param>
    /// <param name="biasRegularizer">A penalty on the bias.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentException">A number is below 1, or the filters do not divide into the groups.</exception>
    public Conv2D(
        int filters, Size2D kernelSize, Size2D? strides = null, Padding padding = default, Size2D? dilationRate = null, int groups = 1,
        ActivationFunction? activation = null, bool useBias = true, Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null, Regularizer? biasRegularizer = null, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (filters < 1 || groups < 1 || filters % groups != 0)
            throw new ArgumentException($"Conv2D needs at least 1 filter, and as many in each group, got {filters} filters in "
                + $"{groups} groups.");
        this.filters = filters;
        this.groups = groups;
        window = ConvolutionSettings.Create(nameof(Conv2D), kernelSize, strides, padding, dilationRate, activation);
        settings = new KernelSettings(useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer);
    }

    /// <inheritdoc/>
    public override Config GetConfig() => settings.Write(window.Write(base.GetConfig().Set("filters", filters).Set("groups", groups)));

    internal static Conv2D FromConfig(Config config)
    {
        var (window, settings) = (ConvolutionSettings.Read(nameof(Conv2D), config), KernelSettings.Read(config));
        return new Conv2D(
            config.GetInt("filters"), window.KernelSize, window.Strides, window.Padding, window.Dilation, config.GetInt("groups"),
            window.Activation,
            settings.UseBias, settings.KernelInitializer, settings.BiasInitializer, settings.KernelRegularizer, settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ConvolutionSettings.RequirePictures(inputShape);
        if (inputShape[2] % groups != 0)
            throw new ArgumentException($"expects a number of channels that divides into {groups} groups, got {inputShape[2]}");
        kernel = AddWeight(
            "kernel", [window.KernelSize.Height, window.KernelSize.Width, inputShape[2] / groups, filters], settings.KernelInitializer,
            regularizer: settings.KernelRegularizer);
        if (settings.UseBias)
            bias = AddWeight("bias", [filters], settings.BiasInitializer ?? "zeros", regularizer: settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        ConvolutionSettings.RequireChannels(input, 4, kernel!.Shape[2] * groups);
        return window.Finish(input.Conv2D(Cast(kernel), window.Strides, window.Padding, window.Dilation, groups), CastOrNull(bias));
    }
}
