using Hero.Layers;

namespace Hero.Benchmarks;

/// <summary>ResNet-20 for 32 x 32 pictures (He et al., "Deep residual learning", 2015, CIFAR variant, shortcuts of option A).</summary>
internal static class ResNet20
{
    public static Model Create()
    {
        var input = new Input(32, 32, 3);
        var x = Normalized(input, 16, 1, isActive: true);
        foreach (var (channels, stride) in (ReadOnlySpan<(int, int)>)[(16, 1), (16, 1), (16, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1)])
        {
            var y = Normalized(Normalized(x, channels, stride, isActive: true), channels, 1, isActive: false);
            var shortcut = stride == 1 ? x : new Shortcut(channels, stride).Apply(x);
            x = new ReLU().Apply(new Add().Apply(shortcut, y));
        }
        x = new GlobalAveragePooling2D().Apply(x);
        return new Model(input, new Dense(10).Apply(x));
    }

    private static SymbolicTensor Normalized(SymbolicTensor x, int channels, int stride, bool isActive)
    {
        var y = new BatchNormalization(momentum: 0.9, epsilon: 1e-5).Apply(new Conv2D(channels, 3, stride, "same", useBias: false).Apply(x));
        return isActive ? new ReLU().Apply(y) : y;
    }

    /// <summary>Every stride-th pixel, zeros for the channels that are new.</summary>
    private sealed class Shortcut(int channels, int stride) : Layer
    {
        protected override Tensor Call(Tensor input, bool training)
        {
            var step = TensorIndex.Every(stride);
            var added = (channels - input.Shape[^1]) / 2;
            return input[.., step, step].Pad([(0, 0), (0, 0), (0, 0), (added, added)]);
        }
    }
}
