using Hero;
using Hero.Layers;
using Hero.Saving;

namespace Samples;

/// <summary>x / sqrt(mean x^2 + epsilon) scale, along the last axis (Zhang and Sennrich 2019). (batch, ..., n) to the same shape; weights: scale (n).</summary>
public sealed class RmsNormalization : Layer
{
    private readonly double epsilon;
    private Variable? scale;

    /// <summary>Creates the layer.</summary>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">In which type it calculates.</param>
    public RmsNormalization(double epsilon = 1e-6, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        if (!(epsilon > 0)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"RmsNormalization needs an epsilon above 0, got {epsilon}.");
        this.epsilon = epsilon;
    }

    public override Config GetConfig() => base.GetConfig().Set("epsilon", epsilon);

    protected override void Build(Shape inputShape) => scale = AddWeight("scale", [inputShape[^1]], "ones");

    protected override Tensor Call(Tensor input, bool training) =>
        input * (input.Square().Mean(-1, keepDims: true) + epsilon).Rsqrt() * Cast(scale!);
}

/// <summary>x + what two dense layers make of it (He et al. 2015). (batch, ..., n) to the same shape.</summary>
public sealed class ResidualDense(int units, string? name = null) : Layer(name)
{
    private Dense? inner;
    private Dense? outer;

    public override Config GetConfig() => base.GetConfig().Set("units", units);

    protected override void Build(Shape inputShape)
    {
        inner = AddLayer(new Dense(units, activation: "relu"));
        outer = AddLayer(new Dense(inputShape[^1]));
    }

    protected override Tensor Call(Tensor input, bool training) =>
        input + outer!.Apply(inner!.Apply(input, training), training);
}

/// <summary>The code of docs/adding-a-layer.md, run.</summary>
public class AddingALayerSamples
{
    [Fact]
    public void Used_saved_and_loaded()
    {
        var model = new Sequential(
            new Input(8),
            new Dense(16, activation: "silu"),
            new RmsNormalization(),
            new Dense(1));
        model.Compile("adam", "mse");

        CustomObjects.RegisterLayer(nameof(RmsNormalization), config => new RmsNormalization(config.GetDouble("epsilon")));
        model.Save("own-layer.safetensors");
        var loaded = Model.Load("own-layer.safetensors");

        var (x, y) = (new RandomGenerator(1).Normal([32, 8]), Tensor.Ones([32, 1]));
        Assert.Equal(model.Predict(x).ToArray<float>(), loaded.Predict(x).ToArray<float>());
        var before = loaded.Evaluate(x, y)["loss"];
        loaded.Fit(x, y, epochs: 20, verbose: Verbose.Silent);
        Assert.True(loaded.Evaluate(x, y)["loss"] < before);
        File.Delete("own-layer.safetensors");
    }

    [Fact]
    public void Against_a_plain_loop()
    {
        var x = new RandomGenerator(seed: 1).Normal([5, 7], type: DType.Float32);
        var y = new RmsNormalization(epsilon: 0.01).Apply(x);

        var (given, got) = (x.ToArray<float>(), y.ToArray<float>());
        for (var row = 0; row < 5; row++)
        {
            var square = 0.0;
            for (var i = 0; i < 7; i++) square += Math.Pow(given[row * 7 + i], 2);
            for (var i = 0; i < 7; i++) Assert.Equal(given[row * 7 + i] / Math.Sqrt(square / 7 + 0.01), got[row * 7 + i], 1e-5);
        }
    }

    [Fact]
    public void Made_of_layers()
    {
        CustomObjects.RegisterLayer(nameof(ResidualDense), config => new ResidualDense(config.GetInt("units")));
        var model = new Sequential(new Input(4), new ResidualDense(6), new Dense(2));
        Assert.Equal(4 * 6 + 6 + 6 * 4 + 4 + 4 * 2 + 2, model.CountParameters());
        model.Save("residual.safetensors");
        var loaded = Model.Load("residual.safetensors");
        var x = new RandomGenerator(1).Normal([3, 4]);
        Assert.Equal(model.Predict(x).ToArray<float>(), loaded.Predict(x).ToArray<float>());
        Assert.Equal(["kernel", "bias", "kernel", "bias"], model.Layers[0].Weights.Select(weight => weight.Name));
        File.Delete("residual.safetensors");
    }
}
