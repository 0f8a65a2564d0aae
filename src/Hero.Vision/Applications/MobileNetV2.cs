using Hero.Initializers;
using Hero.Layers;

namespace Hero.Vision.Applications;

/// <summary>
/// MobileNet v2 (Sandler, Howard et al., "Inverted residuals and linear bottlenecks", 2018): small and quick, good features for
/// little. Any width and input size; with the classifier on top or without it. Layers are named as Keras names them.
/// </summary>
/// <example><code>
/// var features = MobileNetV2.Load("mobilenet_v2_1.0_224.safetensors", includeTop: false, pooling: "avg");
/// var fresh = MobileNetV2.Create([96, 96, 3], alpha: 0.5, classes: 10);
/// </code></example>
public static class MobileNetV2
{
    /// <summary>The network's own input: 224 x 224, red, green, blue.</summary>
    public const int DefaultSize = 224;

    /// <summary>How pixels become the input of weights loaded with <see cref="Load"/>: (pixel - 128) / 128.</summary>
    public static PixelNormalization Normalization { get; } = new(128, 128);

    /// <summary>A network that knows nothing yet, with batch normalization, to be trained from scratch.</summary>
    /// <param name="inputShape">(height, width, 3), each side 32 or more; (224, 224, 3) when not given.</param>
    /// <param name="alpha">The width: the number of filters of every layer is multiplied by it.</param>
    /// <param name="includeTop">Whether the classifier is part of it.</param>
    /// <param name="classes">Outputs of the classifier.</param>
    /// <param name="pooling">Without the classifier: null for the last feature map, "avg" or "max" for one number per feature.</param>
    /// <param name="classifierActivation">"softmax", or null for logits.</param>
    /// <param name="seed">The same seed gives the same weights; when null, seeds come from <see cref="RandomGenerator.Default"/>.</param>
    /// <exception cref="ArgumentException">A size, the width or the pooling makes no sense.</exception>
    public static Model Create(
        Shape? inputShape = null, double alpha = 1, bool includeTop = true, int classes = 1000, string? pooling = null,
        string? classifierActivation = "softmax", long? seed = null)
    {
        if (!(alpha > 0 && alpha <= 10)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, $"MobileNetV2 needs a width above 0, at most 10, got {alpha}.");
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        var network = new MobileNetV2Network(MobileNetV2Widths.Of(alpha, classes), isFolded: false, layer => new HeNormal(seed + layer));
        return network.Build(inputShape ?? [DefaultSize, DefaultSize, 3], includeTop, pooling, classifierActivation);
    }

    /// <summary>
    /// A network with the weights of a file whose batch normalization is folded into the convolutions: .safetensors with
    /// "Conv.weight" (out, in, height, width), "Conv.bias", "expanded_conv.depthwise.weight" ... "logits.weight" (out, in). The
    /// width is the file's. Pictures are fed as <see cref="Normalization"/> says.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="inputShape">(height, width, 3), each side 32 or more; (224, 224, 3) when not given.</param>
    /// <param name="includeTop">Whether the classifier is part of the model.</param>
    /// <param name="pooling">Without the classifier: null for the last feature map, "avg" or "max" for one number per feature.</param>
    /// <param name="classifierActivation">"softmax", or null for logits.</param>
    /// <exception cref="Hero.Saving.ModelFileException">The file is no sound safetensors file or holds other tensors; the message says which.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The input shape or the pooling makes no sense.</exception>
    public static Model Load(string path, Shape? inputShape = null, bool includeTop = true, string? pooling = null, string? classifierActivation = "softmax")
    {
        using var file = Saving.SafetensorsFile.Open(path);
        return LoadFrom(file, inputShape, includeTop, pooling, classifierActivation);
    }

    internal static Model LoadFrom(Saving.SafetensorsFile file, Shape? inputShape, bool includeTop, string? pooling, string? classifierActivation)
    {
        var weights = new MobileNetV2Weights(file, includeTop);
        var network = new MobileNetV2Network(weights.Widths, isFolded: true, _ => new Constant());
        var model = network.Build(inputShape ?? [DefaultSize, DefaultSize, 3], includeTop, pooling, classifierActivation);
        weights.Assign(model);
        return model;
    }
}
