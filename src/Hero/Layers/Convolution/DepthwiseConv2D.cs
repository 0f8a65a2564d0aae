using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Each channel of a picture with filters of its own: (batch, height, width, channels) -> (batch, newHeight, newWidth, channels *
/// depthMultiplier). Weights: kernel (kernelHeight, kernelWidth, channels, depthMultiplier), bias (channels * depthMultiplier).
/// </summary>
/// <example><code>new DepthwiseConv2D(3, padding: "same", useBias: false)</code></example>
public sealed class DepthwiseConv2D : Layer
{
    private readonly int depthMultiplier;
    private readonly ConvolutionSettings window;
    private readonly KernelSettings settings;
    private Variable? kernel;
    private Variable? bias;

    /// <summary>Creates the layer.</summary>
    /// <param name="kernelSize">Height and width of the filters.</param>
    /// <param name="strides">How far they move; 1 when not given.</param>
    /// <param name="padding">"valid" (none), "same" (the result is as large as the input divided by the strides), or explicit.</param>
    /// <param name="depthMultiplier">Filters for each channel.</param>
    /// <param name="dilationRate">The distance of a filter's cells; 1 when not given.</param>
    /// <param name="activation">The function of the result; none when not given.</param>
    /// <param name="useBias">Whether something is added to each filter's result.</param>
    /// <param name="depthwiseInitializer">glorot_uniform when not given.</param>
    /// <param name="biasInitializer">zeros when not given.</param>
    /// <param name="depthwiseRegularizer">A penalty on the kernel.</param>
    /// <param name="biasRegularizer">A penalty on the bias.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentException">A number is below 1.</exception>
    public DepthwiseConv2D(
        Size2D kernelSize, Size2D? strides = null, Padding padding = default, int depthMultiplier = 1, Size2D? dilationRate = null,
        ActivationFunction? activation = null, bool useBias = true, Initializer? depthwiseInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? depthwiseRegularizer = null, Regularizer? biasRegularizer = null, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (depthMultiplier < 1)
            throw new ArgumentOutOfRangeException(nameof(depthMultiplier), depthMultiplier,
                $"DepthwiseConv2D needs a depthMultiplier of at least 1, got {depthMultiplier}.");
        this.depthMultiplier = depthMultiplier;
        window = ConvolutionSettings.Create(nameof(DepthwiseConv2D), kernelSize, strides, padding, dilationRate, activation);
        settings = new KernelSettings(useBias, depthwiseInitializer, biasInitializer, depthwiseRegularizer, biasRegularizer);
    }

    /// <inheritdoc/>
    public override Config GetConfig() =>
        settings.Write(window.Write(base.GetConfig().Set("depth_multiplier", depthMultiplier)), "depthwise");

    internal static DepthwiseConv2D FromConfig(Config config)
    {
        var (window, settings) = (ConvolutionSettings.Read(nameof(DepthwiseConv2D), config), KernelSettings.Read(config, "depthwise"));
        return new DepthwiseConv2D(
            window.KernelSize, window.Strides, window.Padding, config.GetInt("depth_multiplier"), window.Dilation, window.Activation,
            settings.UseBias, settings.KernelInitializer, settings.BiasInitializer, settings.KernelRegularizer, settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ConvolutionSettings.RequirePictures(inputShape);
        var channels = inputShape[2];
        kernel = AddWeight(
            "kernel", [window.KernelSize.Height, window.KernelSize.Width, channels, depthMultiplier], settings.KernelInitializer,
            regularizer: settings.KernelRegularizer);
        if (settings.UseBias)
            bias = AddWeight(
                "bias", [checked(channels * depthMultiplier)], settings.BiasInitializer ?? "zeros", regularizer: settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        ConvolutionSettings.RequireChannels(input, 4, kernel!.Shape[2]);
        return window.Finish(input.DepthwiseConv2D(Cast(kernel), window.Strides, window.Padding, window.Dilation), CastOrNull(bias));
    }
}
