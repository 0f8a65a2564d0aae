using Hero.Initializers;
using Hero.Layers;

namespace Hero.Vision.Retraining;

/// <summary>
/// The network for training from scratch: four stages of convolution, batch normalization and pooling, then the average over the
/// picture. Small enough to learn from some hundred pictures in less than a minute.
/// </summary>
internal static class SmallNetwork
{
    private const int Size = 64;
    private static readonly int[] Filters = [16, 32, 64, 128];

    public static PictureInput Input { get; } = new(Size, Size, PixelNormalization.TensorFlow);

    /// <summary>Pictures (batch, 64, 64, 3) to features (batch, 128).</summary>
    public static Model Create(long seed)
    {
        var input = new Input(Input.Shape);
        SymbolicTensor x = input;
        for (var stage = 0; stage < Filters.Length; stage++)
        {
            x = new Conv2D(Filters[stage], 3, padding: "same", useBias: false, kernelInitializer: new HeNormal(seed + stage + 1)).Apply(x);
            x = new BatchNormalization(momentum: 0.9).Apply(x);
            x = new ReLU().Apply(x);
            x = new MaxPooling2D(2).Apply(x);
        }
        x = new GlobalAveragePooling2D().Apply(x);
        x = new Dropout(0.3, seed).Apply(x);
        return new Model(input, x, "small_network");
    }
}
