using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Filters that are moved along sequences: (batch, steps, channels) -> (batch, newSteps, filters). Weights: kernel (kernelSize,
/// channels / groups, filters), bias (filters).
/// </summary>
/// <example><code>new Conv1D(64, 5, activation: "relu")</code></example>
public sealed class Conv1D : Layer
{
    private readonly int filters;
    private readonly int groups;
    private readonly ConvolutionSettings window;
    private readonly KernelSettings settings;
    private Variable? kernel;
    private Variable? bias;

    /// <summary>Creates the layer.</summary>
    /// <param name="filters">Channels of the result.</param>
    /// <param name="kernelSize">Length of the filters.</param>
    /// <param name="strides">How far they move.</param>
    /// <param name="padding">"valid" (none) or "same" (the result is as long as the input divided by the strides).</param>
    /// <param name="dilationRate">The distance of a filter's cells.</param>
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
    public Conv1D(
        int filters, int kernelSize, int strides = 1, Padding padding = default, int dilationRate = 1, int groups = 1,
        ActivationFunction? activation = null, bool useBias = true, Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null, Regularizer? biasRegularizer = null, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (filters < 1 || groups < 1 || filters % groups != 0)
            throw new ArgumentException($"Conv1D needs at least 1 filter, and as many in each group, got {filters} filters in "
                + $"{groups} groups.");
        this.filters = filters;
        this.groups = groups;
        // A sequence is a picture of one row.
        window = ConvolutionSettings.Create(nameof(Conv1D), (1, kernelSize), (1, strides), padding, (1, dilationRate), activation);
        settings = new KernelSettings(useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer);
    }

    /// <inheritdoc/>
    public override Config GetConfig() => settings.Write(window.Write(base.GetConfig().Set("filters", filters).Set("groups", groups)));

    internal static Conv1D FromConfig(Config config)
    {
        var (window, settings) = (ConvolutionSettings.Read(nameof(Conv1D), config), KernelSettings.Read(config));
        return new Conv1D(
            config.GetInt("filters"), window.KernelSize.Width, window.Strides.Width, window.Padding, window.Dilation.Width,
            config.GetInt("groups"), window.Activation,
            settings.UseBias, settings.KernelInitializer, settings.BiasInitializer, settings.KernelRegularizer, settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank != 2)
            throw new ArgumentException($"expects sequences of shape (batch, steps, channels), got "
                + $"{SymbolicTensor.Batched(inputShape)}; if there is no channel axis add one with Reshape(steps, 1)");
        if (inputShape[1] % groups != 0)
            throw new ArgumentException($"expects a number of channels that divides into {groups} groups, got {inputShape[1]}");
        kernel = AddWeight("kernel", [window.KernelSize.Width, inputShape[1] / groups, filters], settings.KernelInitializer,
            regularizer: settings.KernelRegularizer);
        if (settings.UseBias)
            bias = AddWeight("bias", [filters], settings.BiasInitializer ?? "zeros", regularizer: settings.BiasRegularizer);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        ConvolutionSettings.RequireChannels(input, 3, kernel!.Shape[1] * groups);
        var output = input.ExpandDims(1).Conv2D(Cast(kernel).ExpandDims(0), window.Strides, window.Padding, window.Dilation, groups);
        return window.Finish(output.Squeeze(1), CastOrNull(bias));
    }
}
