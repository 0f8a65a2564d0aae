using Hero.Layers;
using Hero.Tests.Golden;

namespace Hero.Tests.Layers;

[Collection(SeededCollection.Name)]
public class LayerGoldenTests
{
    private static readonly Dictionary<string, Func<Layer>> Layers = new()
    {
        ["dense"] = () => new Dense(4, activation: "relu"),
        ["dense_sequences"] = () => new Dense(4, activation: "tanh", useBias: false),
        ["conv2d"] = () => new Conv2D(4, (3, 2)),
        ["conv2d_same_strides"] = () => new Conv2D(3, 3, strides: 2, padding: "same"),
        ["conv2d_dilated_groups"] = () => new Conv2D(6, 3, dilationRate: (2, 1), groups: 2),
        ["conv1d"] = () => new Conv1D(4, 3),
        ["conv1d_same_dilated"] = () => new Conv1D(3, 4, padding: "same", dilationRate: 2),
        ["depthwise_conv2d"] = () => new DepthwiseConv2D(3, depthMultiplier: 2),
        ["depthwise_conv2d_same"] = () => new DepthwiseConv2D(3, strides: 2, padding: "same", useBias: false),
        ["separable_conv2d"] = () => new SeparableConv2D(4, 3, padding: "same", depthMultiplier: 2),
        ["max_pooling2d"] = () => new MaxPooling2D(),
        ["max_pooling2d_same"] = () => new MaxPooling2D((3, 2), strides: (2, 1), padding: "same"),
        ["average_pooling2d"] = () => new AveragePooling2D((2, 3)),
        ["average_pooling2d_same"] = () => new AveragePooling2D(3, strides: 2, padding: "same"),
        ["max_pooling1d"] = () => new MaxPooling1D(3, strides: 2, padding: "same"),
        ["average_pooling1d"] = () => new AveragePooling1D(),
        ["global_average_pooling2d"] = () => new GlobalAveragePooling2D(),
        ["global_max_pooling2d"] = () => new GlobalMaxPooling2D(),
        ["global_average_pooling1d"] = () => new GlobalAveragePooling1D(),
        ["global_max_pooling1d"] = () => new GlobalMaxPooling1D(keepDims: true),
        ["flatten"] = () => new Flatten(),
        ["reshape"] = () => new Reshape(6, -1),
        ["zero_padding2d"] = () => new ZeroPadding2D(((0, 1), (2, 1))),
        ["leaky_relu"] = () => new LeakyReLU(),
        ["relu_max_slope_threshold"] = () => new ReLU(maxValue: 0.08, negativeSlope: 0.2, threshold: 0.05),
        ["softmax_axis1"] = () => new Softmax(axis: 1),
        ["add"] = () => new Add(),
        ["concatenate"] = () => new Concatenate(),
        ["batch_normalization"] = () => new BatchNormalization(),
        ["batch_normalization_training"] = () => new BatchNormalization(),
    };

    public static TheoryData<string> Names => [.. GoldenFile.Read("layers.json").Cases()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_and_gradients_are_those_of_the_reference(string name)
    {
        var golden = GoldenFile.Read("layers.json").GetProperty(name);
        var layer = Layers[name]();
        var inputs = golden.GetProperty("inputs").Tensors().ConvertAll(value => new Variable(value));
        layer.EnsureBuilt(inputs.ConvertAll(input => input.Shape[1..]));
        var given = golden.GetProperty("weights").Tensors();
        Assert.Equal(given.Count, layer.TrainableWeights.Count);
        foreach (var (weight, value) in layer.TrainableWeights.Zip(given)) weight.Assign(value);
        if (golden.TryGetProperty("statistics", out var statistics))
            foreach (var (weight, value) in layer.NonTrainableWeights.Zip(statistics.Tensors())) weight.Assign(value);

        var training = name.EndsWith("_training", StringComparison.Ordinal);
        var output = layer.Apply(inputs, training);
        GoldenFile.AssertClose(golden.GetProperty("output"), output, name);
        var weights = layer.TrainableWeights;
        var gradients = Gradient.Of(output, [.. inputs, .. weights], golden.GetProperty("direction").Tensor());
        var expected = golden.GetProperty("inputGradients").EnumerateArray().Concat(golden.GetProperty("weightGradients").EnumerateArray());
        foreach (var (want, index) in expected.Select((want, index) => (want, index)))
            GoldenFile.AssertClose(want, gradients[index], $"{name}: gradient {index}");
        if (golden.TryGetProperty("moved", out var moved))
            for (var i = 0; i < 2; i++) GoldenFile.AssertClose(moved[i], layer.NonTrainableWeights[i], $"{name}: moving statistic {i}");
    }

    [Fact]
    public void Every_golden_case_has_a_layer() => Assert.Equal(GoldenFile.Read("layers.json").Cases().Order(), Layers.Keys.Order());

    public static TheoryData<string> Activation => [.. GoldenFile.Read("activations.json").Cases()];

    [Theory]
    [MemberData(nameof(Activation))]
    public void Activations_are_those_of_the_reference(string name)
    {
        var golden = GoldenFile.Read("activations.json").GetProperty(name);
        var x = new Variable(golden.GetProperty("inputs")[0].Tensor());
        var y = Activations.Get(name).Apply(x);
        GoldenFile.AssertClose(golden.GetProperty("output"), y, name);
        GoldenFile.AssertClose(golden.GetProperty("inputGradients")[0], Gradient.Of(y, [x], golden.GetProperty("direction").Tensor())[0],
            $"{name}: gradient");
    }
}
