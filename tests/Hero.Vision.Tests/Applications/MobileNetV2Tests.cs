using System.Text.Json;
using Hero.Saving;
using Hero.Testing;
using Hero.Vision.Applications;

namespace Hero.Vision.Tests.Applications;

// Golden numbers: ONNX Runtime's for the same weights, in expected.json beside them.
public class MobileNetV2Tests
{
    private static readonly Lazy<Model> Logits = new(() => MobileNetV2.Load(Weights(), classifierActivation: null));

    [SkippableTheory]
    [InlineData("cat")]
    [InlineData("parrot")]
    [InlineData("bird")]
    [InlineData("owl")]
    public void Pictures_give_the_reference_answers(string name)
    {
        using var expected = Expected();
        var image = Image.Load(SharedData.Require("mobilenet_v2", "images_224", name + ".png"));
        var input = new float[224 * 224 * 3];
        image.CopyTo(input, MobileNetV2.Normalization);
        var reference = expected.RootElement.GetProperty("images").GetProperty(name).GetProperty("A");
        Assert.Equal(reference.GetProperty("input_sum_float64").GetDouble(), input.Sum(value => (double)value), 3);
        Compare(reference, Tensor.From<float>(input, [1, 224, 224, 3]), 5);
    }

    [SkippableFact]
    public void The_synthetic_input_gives_the_reference_answer()
    {
        using var expected = Expected();
        var input = new float[224 * 224 * 3];
        for (var y = 0; y < 224; y++)
            for (var x = 0; x < 224; x++)
                for (var c = 0; c < 3; c++)
                {
                    long k = (c * 224 + y) * 224 + x; // the formula counts channel by channel
                    input[(y * 224 + x) * 3 + c] = ((k * 1103 + 12345) % 65521 % 256 - 128) / 128f;
                }
        Compare(expected.RootElement.GetProperty("synthetic"), Tensor.From<float>(input, [1, 224, 224, 3]), 5);
    }

    [SkippableFact]
    public void Without_the_top_the_features_are_those_the_classifier_sees()
    {
        var features = MobileNetV2.Load(Weights(), [96, 64, 3], includeTop: false, pooling: "avg");
        Assert.Equal(new Shape([1280]), features.Outputs[0].Shape);
        var maps = MobileNetV2.Load(Weights(), [96, 64, 3], includeTop: false);
        Assert.Equal(new Shape([3, 2, 1280]), maps.Outputs[0].Shape);
        var input = new RandomGenerator(1).Normal([2, 96, 64, 3]);
        var mean = maps.Apply(input).Mean([1, 2]).ToArray<float>();
        Assert.All(features.Apply(input).ToArray<float>().Zip(mean), pair => Assert.Equal(pair.First, pair.Second, 4));
    }

    // Parameters and shapes as Keras' MobileNetV2(alpha, include_top) reports them.
    [Theory]
    [InlineData(1.0, 3_538_984)]
    [InlineData(0.5, 1_987_224)]
    [InlineData(0.35, 1_691_208)]
    [InlineData(1.4, 6_156_712)]
    public void Widths_have_as_many_parameters_as_in_Keras(double alpha, long parameters) =>
        Assert.Equal(parameters, MobileNetV2.Create(alpha: alpha, seed: 1).CountParameters());

    [Fact]
    public void A_fresh_network_is_the_same_for_the_same_seed_and_learns()
    {
        var (first, second) = (MobileNetV2.Create([32, 32, 3], 0.1, classes: 3, seed: 5), MobileNetV2.Create([32, 32, 3], 0.1, classes: 3, seed: 5));
        var input = new RandomGenerator(2).Normal([6, 32, 32, 3]);
        Assert.Equal(first.Apply(input).ToArray<float>(), second.Apply(input).ToArray<float>());
        var classes = Tensor.From<int>([0, 1, 2, 0, 1, 2]);
        var variables = first.TrainableWeights;
        // Slowly: at higher rates so narrow a network on so few pictures goes where the last bits of the first steps send it.
        var optimizer = new Hero.Optimizers.Adam(0.0003);
        var step = Function.Compile(
            (x, y) => first.Apply(x, training: true).Maximum(1e-6).Log().SoftmaxCrossEntropy(y).Mean(), loss => optimizer.Updates(loss, variables));
        var losses = Enumerable.Range(0, 30).Select(_ => step.Call(input, classes).Item<float>()).ToArray();
        Assert.True(losses[^1] < 0.5 * losses[0], string.Join(' ', losses));
    }

    [Theory]
    [InlineData(16, 32, 3)]
    [InlineData(224, 224, 1)]
    public void An_input_that_makes_no_sense_is_refused(int height, int width, int channels) =>
        Assert.Contains("at least 32", Assert.Throws<ArgumentException>(() => MobileNetV2.Create([height, width, channels])).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void A_file_with_a_tensor_missing_or_of_another_shape_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(Weights());
        Rewrite(folder.File("missing.safetensors"), entry => entry.Name == "expanded_conv_7.project.bias" ? null : entry.Shape);
        Assert.Contains("expanded_conv_7.project.bias", Assert.Throws<ModelFileException>(() => MobileNetV2.Load(folder.File("missing.safetensors"))).Message, StringComparison.Ordinal);
        Rewrite(folder.File("shape.safetensors"), entry => entry.Name == "Conv_1.weight" ? [320, 1280, 1, 1] : entry.Shape);
        Assert.Contains("should have the shape", Assert.Throws<ModelFileException>(() => MobileNetV2.Load(folder.File("shape.safetensors"))).Message, StringComparison.Ordinal);

        void Rewrite(string path, Func<SafetensorsEntry, IReadOnlyList<long>?> change) => SafetensorsWriter.Write(path, file.Entries
            .Where(entry => change(entry) is not null)
            .Select(entry => new SafetensorsTensor(entry.Name, entry.Type, change(entry)!, stream =>
            {
                var bytes = new byte[entry.ByteCount];
                file.ReadBytes(entry, bytes);
                stream.Write(bytes);
            })));
    }

    private static string Weights() => SharedData.Require("mobilenet_v2", "mobilenet_v2_1.0_224.safetensors");

    private static JsonDocument Expected() => JsonDocument.Parse(File.ReadAllText(SharedData.Require("mobilenet_v2", "expected.json")));

    private static void Compare(JsonElement reference, Tensor input, int top)
    {
        var logits = Logits.Value.Apply(input).ToArray<float>();
        var first = reference.GetProperty("logits_first_16").EnumerateArray().Select(item => item.GetDouble()).ToArray();
        for (var i = 0; i < first.Length; i++) Assert.InRange(logits[i], first[i] - 1e-3, first[i] + 1e-3);
        Assert.InRange(logits.Sum(value => (double)value), reference.GetProperty("logits_sum_float64").GetDouble() - 0.1, reference.GetProperty("logits_sum_float64").GetDouble() + 0.1);
        if (!reference.TryGetProperty("top5", out var best)) return;
        var order = Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).Take(top);
        Assert.Equal(best.EnumerateArray().Select(item => item.GetProperty("class").GetInt32()), order);
    }
}
