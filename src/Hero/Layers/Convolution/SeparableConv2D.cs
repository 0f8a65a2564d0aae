using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// A convolution in two cheaper ones: each channel by itself, then all channels at each place (Chollet 2016). (batch, height,
/// width, channels) -> (batch, newHeight, newWidth, filters). Weights: depthwise_kernel (kernelHeight, kernelWidth, channels,
/// depthMultiplier), pointwise_kernel (1, 1, channels * depthMultiplier, filters), bias (filters).
/// </summary>
/// <example><code>new SeparableConv2D(64, 3, padding: "same", activation: "relu")</code></example>
public sealed class SeparableConv2D : Layer
{
    private readonly int filters;
    private readonly int depthMultiplier;
    private readonly ConvolutionSettings window;
    private readonly KernelSettings settings;
    private readonly Initializer? pointwiseInitializer;
    private readonly Regularizer? pointwiseRegularizer;
    private Variable? depthwise;
    private Variable? pointwise;
    private Variable? bias;

    /// <summary>Creates the layer.</summary>
    /// <param name="filters">Channels of the result.</param>
    /// <param name="kernelSize">Height and width of the filters of the first step.</param>
    /// <param name="strides">How far they move; 1 when not given.</param>
    /// <param name="padding">"valid" (none), "same" (the result is as large as the input divided by the strides), or explicit.</param>
    /// <param name="dilationRate">The distance of a filter's cells; 1 when not given.</param>
    /// <param name="depthMultiplier">Filters for each channel in the first step.</param>
    /// <param name="activation">The function of the result; none when not given.</param>
    /// <param name="useBias">Whether something is added to each filter's result.</param>
    /// <param name="depthwiseInitializer">glorot_uniform when not given.</param>
    /// <param name="pointwiseInitializer">glorot_uniform when not given.</param>
    /// <param name="biasInitializer">zeros when not given.</param>
    /// <param name="depthwiseRegularizer">A penalty on the first step's kernel.</param>
    /// <param name="pointwiseRegularizer">A penalty on the second step's kernel.</param>
    /// <param name="biasRegularizer">A penalty on the bias.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentException">A number is below 1.</exception>
    public SeparableConv2D(
        int filters, Size2D kernelSize, Size2D? strides = null, Padding padding = default, Size2D? dilationRate = null,
        int depthMultiplier = 1,
        ActivationFunction? activation = null, bool useBias = true, Initializer? depthwiseInitializer = null,
        Initializer? pointwiseInitializer = null,
        Initializer? biasInitializer = null, Regularizer? depthwiseRegularizer = null, Regularizer? pointwiseRegularizer = null,
        Regularizer? biasRegularizer = null, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (filters < 1 || depthMultiplier < 1)
            throw new ArgumentException($"SeparableConv2D needs at least 1 filter and a depthMultiplier of at least 1, got {filters} "
                + $"and {depthMultiplier}.");
        this.filters = filters;
        this.depthMultiplier = depthMultiplier;
        window = ConvolutionSettings.Create(nameof(SeparableConv2D), kernelSize, strides, padding, dilationRate, activation);
        settings = new KernelSettings(useBias, depthwiseInitializer, biasInitializer, depthwiseRegularizer, biasRegularizer);
        this.pointwiseInitializer = pointwiseInitializer;
        this.pointwiseRegularizer = pointwiseRegularizer;
    }

    /// <inheritdoc/>
    public override Config GetConfig() =>
        settings.Write(window.Write(base.GetConfig().Set("filters", filters).Set("depth_multiplier", depthMultiplier)), "depthwise")
        .Set("pointwise_initializer", pointwiseInitializer?.Write().Json).Set("pointwise_regularizer", pointwiseRegularizer?.Write().Json);

    internal static SeparableConv2D FromConfig(Config config)
    {
        var (window, settings) = (ConvolutionSettings.Read(nameof(SeparableConv2D), config), KernelSettings.Read(config, "depthwise"));
        return new SeparableConv2D(
            config.GetInt("filters"), window.KernelSize, window.Strides, window.Padding, window.Dilation,
            config.GetInt("depth_multiplier"), window.Activation,
            settings.UseBias, settings.KernelInitializer, KernelSettings.ReadInitializer(config, "pointwise_initializer"),
            settings.BiasInitializer,
            settings.KernelRegularizer, KernelSettings.ReadRegularizer(config, "pointwise_regularizer"), settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ConvolutionSettings.RequirePictures(inputShape);
        var channels = inputShape[2];
        depthwise = AddWeight(
            "depthwise_kernel", [window.KernelSize.Height, window.KernelSize.Width, channels, depthMultiplier], settings.KernelInitializer,
            regularizer: settings.KernelRegularizer);
        pointwise = AddWeight("pointwise_kernel", [1, 1, checked(channels * depthMultiplier), filters], pointwiseInitializer,
            regularizer: pointwiseRegularizer);
        if (settings.UseBias)
            bias = AddWeight("bias", [filters], settings.BiasInitializer ?? "zeros", regularizer: settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        ConvolutionSettings.RequireChannels(input, 4, depthwise!.Shape[2]);
        var spread = input.DepthwiseConv2D(Cast(depthwise), window.Strides, window.Padding, window.Dilation);
        return window.Finish(spread.Conv2D(Cast(pointwise!)), CastOrNull(bias));
    }
}
