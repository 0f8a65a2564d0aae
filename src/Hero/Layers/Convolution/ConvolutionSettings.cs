using Hero.Saving;

namespace Hero.Layers;

/// <summary>How the window of a two-dimensional convolution moves and what is done with its result.</summary>
internal sealed record ConvolutionSettings(Size2D KernelSize, Size2D Strides, Padding Padding, Size2D Dilation,
    ActivationFunction Activation)
{
    public static ConvolutionSettings Create(string layer, Size2D kernelSize, Size2D? strides, Padding padding, Size2D? dilationRate,
        ActivationFunction? activation) => new(
        kernelSize.Positive(layer, "a kernelSize"), (strides ?? 1).Positive(layer, "strides"), padding,
        (dilationRate ?? 1).Positive(layer, "a dilationRate"),
        activation ?? Activations.Linear);

    public Config Write(Config config) => config
        .SetSize("kernel_size", KernelSize).SetSize("strides", Strides).SetPadding("padding", Padding).SetSize("dilation_rate", Dilation)
        .Set("activation", Activation.Name);

    public static ConvolutionSettings Read(string layer, Config config) => Create(
        layer, config.GetSize("kernel_size"), config.GetSize("strides"), config.GetPadding("padding"), config.GetSize("dilation_rate"),
        config.GetString("activation"));

    /// <summary>Adds the bias, where there is one, and applies the activation.</summary>
    public Tensor Finish(Tensor output, Tensor? bias) => Activation.Apply(bias is null ? output : output + bias);

    /// <summary>Throws unless the input is a batch of pictures.</summary>
    public static void RequirePictures(Shape inputShape)
    {
        if (inputShape.Rank != 3)
            throw new ArgumentException($"expects pictures of shape (batch, height, width, channels), got "
                + $"{SymbolicTensor.Batched(inputShape)}; if there is no channel axis add one with Reshape(height, width, 1)");
    }

    public static void RequireChannels(Tensor input, int rank, int channels)
    {
        if (input.Rank != rank || input.Shape[^1] != channels)
            throw new ArgumentException($"expects {rank} dimensions, {channels} channels last, got shape {input.Shape}");
    }
}
