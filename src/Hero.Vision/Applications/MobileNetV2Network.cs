using Hero.Initializers;
using Hero.Layers;

namespace Hero.Vision.Applications;

/// <summary>Puts the layers of a MobileNet v2 together.</summary>
/// <param name="widths">Channels of every part.</param>
/// <param name="isFolded">True: convolutions have a bias and their activation; false: batch normalization follows them.</param>
/// <param name="initializer">The first values of the kernel of a layer, by its number.</param>
internal sealed class MobileNetV2Network(MobileNetV2Widths widths, bool isFolded, Func<int, Initializer> initializer)
{
    private const int LeastSize = 32;
    private int made;

    public Model Build(Shape inputShape, bool includeTop, string? pooling, string? classifierActivation)
    {
        if (inputShape.Rank != 3 || inputShape[2] != 3 || inputShape[0] < LeastSize || inputShape[1] < LeastSize)
            throw new ArgumentException($"MobileNetV2 needs an input of (height, width, 3) with sides of at least {LeastSize}, got {inputShape}.", nameof(inputShape));
        if (pooling is not (null or "avg" or "max")) throw new ArgumentException($"MobileNetV2 knows the poolings avg and max, got '{pooling}'.", nameof(pooling));

        var input = new Input(inputShape);
        var x = Convolution(input, widths.First, 3, 2, "Conv1", "bn_Conv1", isActive: true);
        for (var block = 0; block < widths.Blocks.Count; block++) x = Block(x, block);
        x = Convolution(x, widths.Last, 1, 1, "Conv_1", "Conv_1_bn", isActive: true);
        if (includeTop)
        {
            x = new GlobalAveragePooling2D(name: "global_average_pooling2d").Apply(x);
            x = new Dense(widths.Classes, classifierActivation is null ? null : (ActivationFunction)classifierActivation, kernelInitializer: initializer(made++), name: "predictions").Apply(x);
        }
        else if (pooling == "avg") x = new GlobalAveragePooling2D().Apply(x);
        else if (pooling == "max") x = new GlobalMaxPooling2D().Apply(x);
        return new Model(input, x, "mobilenetv2");
    }

    // Widen, look at each channel's neighbourhood, narrow without an activation; what fits is added to what came in.
    private SymbolicTensor Block(SymbolicTensor x, int block)
    {
        var (name, inside, stride) = (Prefix(block), x.Shape[2] * MobileNetV2Widths.Expansion(block), MobileNetV2Widths.Table[block].Stride);
        var y = block == 0 ? x : Convolution(x, inside, 1, 1, name + "expand", name + "expand_BN", isActive: true);
        y = Depthwise(y, stride, name);
        y = Convolution(y, widths.Blocks[block], 1, 1, name + "project", name + "project_BN", isActive: false);
        return stride == 1 && x.Shape == y.Shape ? new Add(name + "add").Apply(x, y) : y;
    }

    public static string Prefix(int block) => block == 0 ? "expanded_conv_" : $"block_{block}_";

    private SymbolicTensor Convolution(SymbolicTensor x, int filters, int size, int stride, string name, string normalization, bool isActive)
    {
        var kernel = initializer(made++);
        if (isFolded) return new Conv2D(filters, size, stride, "same", activation: isActive ? (ActivationFunction)"relu6" : null, kernelInitializer: kernel, name: name).Apply(x);
        x = new Conv2D(filters, size, stride, "same", useBias: false, kernelInitializer: kernel, name: name).Apply(x);
        return Normalized(x, normalization, isActive);
    }

    private SymbolicTensor Depthwise(SymbolicTensor x, int stride, string name)
    {
        var kernel = initializer(made++);
        if (isFolded) return new DepthwiseConv2D(3, stride, "same", activation: "relu6", depthwiseInitializer: kernel, name: name + "depthwise").Apply(x);
        x = new DepthwiseConv2D(3, stride, "same", useBias: false, depthwiseInitializer: kernel, name: name + "depthwise").Apply(x);
        return Normalized(x, name + "depthwise_BN", isActive: true);
    }

    private static SymbolicTensor Normalized(SymbolicTensor x, string name, bool isActive)
    {
        x = new BatchNormalization(momentum: 0.999, epsilon: 1e-3, name: name).Apply(x);
        return isActive ? new ReLU(maxValue: 6, name: name + "_relu").Apply(x) : x;
    }
}
