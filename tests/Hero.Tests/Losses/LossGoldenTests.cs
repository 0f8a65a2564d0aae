using Hero.Losses;
using Hero.Tests.Golden;

namespace Hero.Tests.Losses;

public class LossGoldenTests
{
    private static readonly Dictionary<string, Func<Loss>> Losses = new()
    {
        ["categorical_logits"] = () => new CategoricalCrossentropy(fromLogits: true),
        ["categorical_logits_soft"] = () => new CategoricalCrossentropy(fromLogits: true),
        ["categorical_logits_smoothed"] = () => new CategoricalCrossentropy(fromLogits: true, labelSmoothing: 0.2),
        ["categorical_probabilities"] = () => "categorical_crossentropy",
        ["sparse_logits"] = () => new SparseCategoricalCrossentropy(fromLogits: true),
        ["sparse_probabilities"] = () => "sparse_categorical_crossentropy",
        ["sparse_logits_sequences"] = () => new SparseCategoricalCrossentropy(fromLogits: true),
        ["binary_logits"] = () => new BinaryCrossentropy(fromLogits: true),
        ["binary_logits_smoothed"] = () => new BinaryCrossentropy(fromLogits: true, labelSmoothing: 0.2),
        ["binary_probabilities"] = () => "binary_crossentropy",
        ["mean_squared_error"] = () => "mse",
        ["mean_absolute_error"] = () => "mean_absolute_error",
        ["huber"] = () => "huber",
        ["huber_delta"] = () => new Huber(0.4),
    };

    public static TheoryData<string> Names => [.. GoldenFile.Read("losses.json").Cases()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_gradients_are_those_of_the_reference(string name)
    {
        var golden = GoldenFile.Read("losses.json").GetProperty(name);
        var loss = Losses[name]();
        var (yTrue, yPred) = (golden.GetProperty("yTrue").Tensor(), new Variable(golden.GetProperty("yPred").Tensor()));
        GoldenFile.AssertClose(golden.GetProperty("values"), loss.Values(yTrue, yPred), name);
        var mean = loss.Apply(yTrue, yPred);
        Assert.Equal(golden.GetProperty("values").Numbers().Average(), mean.Item<float>(), 1e-5);
        GoldenFile.AssertClose(golden.GetProperty("gradient"), Gradient.Of(mean, yPred), $"{name}: gradient");
    }

    [Fact]
    public void Every_golden_case_has_a_loss() => Assert.Equal(GoldenFile.Read("losses.json").Cases().Order(), Losses.Keys.Order());

    [Fact]
    public void Behind_a_softmax_or_sigmoid_the_logits_are_used_so_that_nothing_overflows()
    {
        var x = new Variable(Tensor.From(new float[,] { { 200, -200 }, { 0, 0 } }));
        var categorical = Hero.Losses.Losses.CategoricalCrossentropy.Values(Tensor.From(new float[,] { { 0, 1 }, { 1, 0 } }), x.Softmax());
        Assert.Equal([400, MathF.Log(2)], categorical.ToArray<float>());
        var sparse = Hero.Losses.Losses.SparseCategoricalCrossentropy.Values(Tensor.From(new[] { 1, 0 }), x.Softmax());
        Assert.Equal([400, MathF.Log(2)], sparse.ToArray<float>());
        var binary = Hero.Losses.Losses.BinaryCrossentropy.Values(Tensor.From(new float[,] { { 0, 1 }, { 1, 0 } }), x.Sigmoid());
        Assert.Equal([200, MathF.Log(2)], binary.ToArray<float>());
        Assert.Equal([1, -1, -0.5f, 0.5f], Gradient.Of(categorical, x).ToArray<float>());
    }

    [Fact]
    public void Weights_count_and_the_sum_is_divided_by_the_number_of_examples()
    {
        var (yTrue, yPred) = (Tensor.From(new float[,] { { 0 }, { 0 }, { 0 } }), Tensor.From(new float[,] { { 1 }, { 2 }, { 3 } }));
        Loss loss = "mse";
        Assert.Equal((1 * 0.5 + 4 * 0 + 9 * 2) / 3, loss.Apply(yTrue, yPred, Tensor.From(new[] { 0.5f, 0, 2 })).Item<double>(), 1e-6);
        var sequences = Tensor.From(new float[,,] { { { 1 }, { 2 } }, { { 3 }, { 4 } } });
        Assert.Equal((1 + 4 + 2 * (9 + 16)) / 4.0, loss.Apply(sequences * 0, sequences, Tensor.From(new[] { 1f, 2 })).Item<double>(), 1e-6);
        Assert.Contains("(3,)", Assert.Throws<ArgumentException>(() => loss.Apply(yTrue, yPred, Tensor.From(new[] { 1f, 2 }))).Message);
    }

    [Fact]
    public void Targets_that_do_not_fit_are_told_apart()
    {
        var p = Tensor.Ones([4, 3]).Softmax();
        Assert.Contains("sparse_categorical_crossentropy",
            Assert.Throws<ArgumentException>(() => Hero.Losses.Losses.CategoricalCrossentropy.Apply(Tensor.From(new int[4]), p)).Message);
        Assert.Contains("\"categorical_crossentropy\"",
            Assert.Throws<ArgumentException>(() => Hero.Losses.Losses.SparseCategoricalCrossentropy.Apply(Tensor.Ones([4, 3]), p)).Message);
        Assert.Contains("(4, 3)",
            Assert.Throws<ArgumentException>(() => Hero.Losses.Losses.MeanSquaredError.Apply(Tensor.Ones([4, 2]), p)).Message);
        Assert.Contains("categorical_crossentropy", Assert.Throws<ArgumentException>(() => { Loss unknown = "nothing"; }).Message);
    }

    [Fact]
    public void Column_targets_and_flat_targets_are_the_same()
    {
        var p = Tensor.From(new float[,] { { 0.2f }, { 0.9f } });
        Loss loss = "binary_crossentropy";
        Assert.Equal(loss.Apply(Tensor.From(new[] { 0, 1 }), p).Item<float>(),
            loss.Apply(Tensor.From(new[,] { { 0 }, { 1 } }), p).Item<float>());
    }
}
