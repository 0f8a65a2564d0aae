using Hero;
using Hero.Layers;

namespace Samples;

/// <summary>What the guides print about mixed precision, run. The global policy is one for all: these tests run alone.</summary>
[Collection("threads")]
public sealed class MixedPrecisionSamples : IDisposable
{
    public void Dispose() => MixedPrecision.SetGlobalPolicy("float32");

    [Fact]
    public void Guide()
    {
        MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
        var model = new Sequential(
            new Input(28, 28, 1),
            new Conv2D(32, 3, activation: "relu"),
            new MaxPooling2D(2),
            new Flatten(),
            new Dense(10),
            new Activation("softmax", dtype: "float32"));

        Assert.Equal(DType.Float32, model.Outputs[0].DType);
        Assert.Equal(DType.BFloat16, model.GetLayer("dense").Output.DType);
    }

    [Fact]
    public void Table()
    {
        MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
        var layer = new Activation("gelu");
        Assert.Equal(DType.BFloat16, layer.DTypePolicy.ComputeDType);
    }
}
