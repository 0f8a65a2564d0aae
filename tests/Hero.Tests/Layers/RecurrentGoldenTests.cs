using System.Text.Json;
using Hero.Layers;
using Hero.Tests.Golden;

namespace Hero.Tests.Layers;

[Collection(SeededCollection.Name)]
public class RecurrentGoldenTests
{
    private static readonly Dictionary<string, Func<int, bool, bool, ActivationFunction, RecurrentLayer>> Layers = new()
    {
        ["lstm"] = (units, sequences, backwards, tanh) => new LSTM(units, tanh, returnSequences: sequences, returnState: true, goBackwards: backwards),
        ["gru"] = (units, sequences, backwards, tanh) => new GRU(units, tanh, returnSequences: sequences, returnState: true, goBackwards: backwards),
        ["simple_rnn"] = (units, sequences, backwards, tanh) => new SimpleRNN(units, tanh, returnSequences: sequences, returnState: true, goBackwards: backwards),
    };

    public static TheoryData<string> Names => [.. GoldenFile.Read("recurrent.json").Cases()];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_kernel_gives_the_figures_of_the_reference(string name) => Check(name, "tanh", training: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_without_what_training_keeps_are_the_same(string name) => Check(name, "tanh", training: false);

    /// <summary>An activation that the kernel does not know by name: step by step in elementary operations.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Unrolled_it_gives_the_figures_of_the_reference(string name) => Check(name, new ActivationFunction("own", x => x.Tanh()), training: true);

    private static void Check(string name, ActivationFunction tanh, bool training)
    {
        var golden = GoldenFile.Read("recurrent.json").GetProperty(name);
        var kind = Layers.Keys.Single(kind => name.StartsWith(kind, StringComparison.Ordinal));
        var weights = golden.GetProperty("weights").Tensors();
        var layer = Layers[kind](
            weights[1].Shape[0], name.Contains("sequences", StringComparison.Ordinal) || name.Contains("backwards", StringComparison.Ordinal),
            name.Contains("backwards", StringComparison.Ordinal), tanh);
        var inputs = golden.GetProperty("inputs").Tensors().ConvertAll(value => new Variable(value));
        layer.EnsureBuilt(inputs.ConvertAll(input => input.Shape[1..]));
        Assert.Equal(["kernel", "recurrent_kernel", "bias"], layer.Weights.Select(weight => weight.Name));
        foreach (var (weight, value) in layer.Weights.Zip(weights)) weight.Assign(value);

        var outputs = layer.ApplyAll(inputs[0], inputs[1..], Mask(golden.GetProperty("mask")), training);
        var expected = golden.GetProperty("outputs");
        Assert.Equal(expected.GetArrayLength(), outputs.Length);
        for (var i = 0; i < outputs.Length; i++) GoldenFile.AssertClose(expected[i], outputs[i], $"{name}: output {i}");

        var loss = outputs.Zip(golden.GetProperty("directions").Tensors(), (output, direction) => (output * direction).Sum()).Aggregate((a, b) => a + b);
        var gradients = Gradient.Of(loss, [.. inputs, .. layer.Weights]);
        var wanted = golden.GetProperty("inputGradients").EnumerateArray().Concat(golden.GetProperty("weightGradients").EnumerateArray()).ToList();
        Assert.Equal(wanted.Count, gradients.Length);
        for (var i = 0; i < gradients.Length; i++) GoldenFile.AssertClose(wanted[i], gradients[i], $"{name}: gradient {i}");
    }

    private static Tensor? Mask(JsonElement rows)
    {
        if (rows.ValueKind == JsonValueKind.Null) return null;
        var mask = rows.EnumerateArray().Select(row => row.EnumerateArray().Select(step => step.GetInt32()).ToArray()).ToArray();
        return Tensor.From(mask.SelectMany(row => row).ToArray()).Reshape(mask.Length, -1).Cast(DType.Bool);
    }
}
