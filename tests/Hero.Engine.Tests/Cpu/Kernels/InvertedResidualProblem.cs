namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>An inverted residual with random weights, as layers build it, and pictures for it; no widening where there are 0 channels to widen.</summary>
internal sealed class InvertedResidualProblem
{
    private readonly Variable? first;
    private readonly Variable filter, last, firstBias, filterBias, lastBias;
    private readonly int stride;

    public InvertedResidualProblem(int batch, int height, int width, int inChannels, int wide, int outChannels, int kernel, int stride)
    {
        var numbers = new RandomGenerator(batch * 1000 + wide);
        Variable Weights(params int[] shape) => new(numbers.Normal(shape));
        this.stride = stride;
        first = inChannels == 0 ? null : Weights(1, 1, inChannels, wide);
        (filter, last) = (Weights(kernel, kernel, wide, 1), Weights(1, 1, wide, outChannels));
        (firstBias, filterBias, lastBias) = (Weights(wide), Weights(wide), Weights(outChannels));
        X = numbers.Normal([batch, height, width, inChannels == 0 ? wide : inChannels]);
    }

    public Tensor X { get; }

    public bool Widens => first is not null;

    public Tensor Block(Tensor x)
    {
        var y = first is null ? x : (x.Conv2D(first) + firstBias).Relu6();
        y = (y.DepthwiseConv2D(filter, (stride, stride), Padding.Same) + filterBias).Relu();
        y = y.Conv2D(last) + lastBias;
        return y.Shape == x.Shape ? x + y : y;
    }
}
