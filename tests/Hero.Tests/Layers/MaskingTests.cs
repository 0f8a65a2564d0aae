using System.Text.Json;
using Hero.Layers;
using Hero.Losses;
using Hero.Metrics;
using Hero.Optimizers;
using Hero.Tests.Golden;

namespace Hero.Tests.Layers;

/// <summary>Which steps count: how masks go through layers, and what they do to losses and metrics.</summary>
[Collection(SeededCollection.Name)]
public class MaskingTests
{
    private static readonly Tensor Words = Tensor.From(new[,] { { 1, 2, 0, 0 }, { 3, 0, 0, 4 }, { 4, 1, 2, 3 } });
    private static readonly bool[] Counts = [true, true, false, false, true, false, false, true, true, true, true, true];

    public static TheoryData<string> Networks => [.. GoldenFile.Read("masking.json").GetProperty("networks").Cases()];

    private static JsonElement Golden(string layer) => GoldenFile.Read("masking.json").GetProperty("layers").GetProperty(layer);

    private static Tensor Embedded => new Embedding(5, 3, maskZero: true).Apply(Words);

    [Theory]
    [MemberData(nameof(Networks))]
    public void Loss_metrics_and_the_step_leave_masked_steps_out(string name)
    {
        var golden = GoldenFile.Read("masking.json").GetProperty("networks").GetProperty(name);
        var (x, y) = (golden.GetProperty("x").Tensor(), golden.GetProperty("y").Tensor());
        var isRegression = name == "mean_squared_error";
        var dense = new Dense(y.Shape[^1], activation: isRegression ? "linear" : "softmax");
        var model = new Sequential(new Input(x.Shape[1..]), new Masking(), dense);
        Tensor[] first = [golden.GetProperty("kernel").Tensor(), golden.GetProperty("bias").Tensor()];
        foreach (var (weight, value) in dense.Weights.Zip(first)) weight.Assign(value);
        Metric Own() => isRegression ? new Hero.Metrics.MeanSquaredError() : new CategoricalAccuracy();
        Metric Weighted() => isRegression ? new Hero.Metrics.MeanSquaredError("weighted") : new CategoricalAccuracy("weighted");
        model.Compile(new SGD(1), isRegression ? "mean_squared_error" : "categorical_crossentropy", [Own()], [Weighted()]);
        var weights = golden.GetProperty("weights").ValueKind == JsonValueKind.Null ? null : Samples.FromTensor(golden.GetProperty("weights").Tensor());

        foreach (var logs in new[] { model.Evaluate(x, y, sampleWeight: weights), model.TrainOnBatch(x, y, weights) })
        {
            Close("loss", logs["loss"]);
            Close("metric", logs[Own().Name]);
            Close("weightedMetric", logs["weighted"]);
        }
        // A step of plain gradient descent with rate 1 takes the gradient away.
        GoldenFile.AssertClose(golden.GetProperty("kernelGradient"), first[0] - dense.Weights[0], name);
        GoldenFile.AssertClose(golden.GetProperty("biasGradient"), first[1] - dense.Weights[1], name);

        void Close(string what, double got) => Assert.Equal(golden.GetProperty(what).Numbers()[0], got, 2e-5);
    }

    [Fact]
    public void Weights_of_examples_hold_for_all_their_steps()
    {
        var (yTrue, yPred) = (Tensor.Zeros([3, 4, 1]), new Dense(1).Apply(Embedded));
        var weight = Tensor.From(new float[] { 1, 0, 3 });
        var (squares, w) = (yPred.Square().ToArray<float>(), weight.ToArray<float>());
        var (total, weights) = (0.0, 0.0);
        for (var i = 0; i < 12; i++)
        {
            if (!Counts[i]) continue;
            total += squares[i] * w[i / 4];
            weights += w[i / 4];
        }
        Assert.Equal(total / Counts.Count(counts => counts), new Hero.Losses.MeanSquaredError().Apply(yTrue, yPred, weight).Item<float>(), 1e-6);
        var metric = new Hero.Metrics.MeanSquaredError();
        metric.Update(yTrue, yPred, weight);
        Assert.Equal(total / weights, metric.Result(), 1e-6);
    }

    [Fact]
    public void A_loss_of_the_whole_batch_is_taken_as_it_is() =>
        Assert.Equal(7, Loss.From((_, _) => Tensor.From(7f)).Apply(Tensor.Zeros([3, 4, 3]), Embedded).Item<float>());

    [Fact]
    public void Layers_that_treat_each_step_alone_hand_the_mask_on()
    {
        Layer[] layers =
        [
            new Activation("relu"), new ReLU(), new LeakyReLU(), new Softmax(), new Dropout(0.5), new BatchNormalization(), new Dense(2),
            new TimeDistributed(new Dense(2)), new LSTM(2, returnSequences: true), new Bidirectional(new GRU(2, returnSequences: true)),
        ];
        foreach (var layer in layers) Assert.Equal(Counts, Masks.Of(layer.Apply(Embedded))?.ToArray<bool>());
    }

    [Fact]
    public void Layers_that_mix_steps_end_it()
    {
        Layer[] layers =
        [
            new Flatten(), new Reshape(4, 3, 1), new Conv1D(2, 3, padding: "same"), new MaxPooling1D(), new GlobalAveragePooling1D(), new GlobalMaxPooling1D(),
            new LSTM(2), new Bidirectional(new GRU(2)),
        ];
        foreach (var layer in layers) Assert.Null(Masks.Of(layer.Apply(Embedded)));
    }

    [Fact]
    public void A_model_within_a_model_hands_it_on()
    {
        var inner = new Sequential(new Input([4], DType.Int32), new Embedding(5, 3, maskZero: true), new Dense(2));
        Assert.Equal(Counts, Masks.Of(new Sequential(inner, new Dense(2)).Apply(Words))?.ToArray<bool>());
    }

    [Fact]
    public void Both_outputs_of_Bidirectional_have_it()
    {
        var outputs = new Bidirectional(new LSTM(2, returnSequences: true), mergeMode: null).Invoke([Embedded], training: false);
        foreach (var output in outputs) Assert.Equal(Counts, Masks.Of(output)?.ToArray<bool>());
    }

    [Fact]
    public void Merged_steps_count_where_those_of_any_input_do()
    {
        var (one, other) = (Embedded, new Embedding(5, 3, maskZero: true).Apply(Tensor.From(new[,] { { 0, 1, 1, 0 }, { 1, 1, 0, 1 }, { 0, 0, 0, 0 } })));
        bool[] either = [true, true, true, false, true, true, false, true, true, true, true, true];
        foreach (var layer in new Layer[] { new Add(), new Multiply(), new Average(), new Concatenate() })
        {
            Assert.Equal(either, Masks.Of(layer.Apply([one, other]))?.ToArray<bool>());
            Assert.Null(Masks.Of(layer.Apply([one, Tensor.Ones([3, 4, 3])])));
        }
    }

    [Fact]
    public void Masks_follow_one_another_along_time()
    {
        var longer = Masks.Of(new Concatenate(axis: 1).Apply([Embedded, Tensor.Ones([3, 2, 3])]))!;
        Assert.Equal(new Shape(3, 6), longer.Shape);
        Assert.Equal([.. Counts[..4], true, true, .. Counts[4..8], true, true, .. Counts[8..], true, true], longer.ToArray<bool>());
        Assert.Null(Masks.Of(new Concatenate(axis: 1).Apply([Tensor.Ones([3, 1, 3]), Tensor.Ones([3, 2, 3])])));
    }

    [Fact]
    public void Statistics_of_a_batch_leave_masked_steps_out()
    {
        var golden = Golden("batch_normalization");
        var x = new Variable(golden.GetProperty("x").Tensor());
        var layer = new BatchNormalization(momentum: 0.9);
        layer.EnsureBuilt([x.Shape[1..]]);
        layer.Weights[0].Assign(golden.GetProperty("gamma").Tensor());
        layer.Weights[1].Assign(golden.GetProperty("beta").Tensor());
        var step = Function.Compile(values =>
        {
            var output = layer.Invoke([x], training: true, values[0].Cast(DType.Bool))[0];
            return [output, .. Gradient.Of((output * values[1]).Sum(), [x, layer.Weights[0], layer.Weights[1]])];
        });
        var results = step.CallAll([golden.GetProperty("mask").Tensor(), golden.GetProperty("direction").Tensor()]);
        GoldenFile.AssertClose(golden.GetProperty("output"), results[0], "output");
        for (var i = 0; i < 3; i++) GoldenFile.AssertClose(golden.GetProperty("gradients")[i], results[i + 1], $"gradient {i}", 1e-4);
        GoldenFile.AssertClose(golden.GetProperty("movingMean"), layer.Weights[2], "moving mean");
        GoldenFile.AssertClose(golden.GetProperty("movingVariance"), layer.Weights[3], "moving variance");
    }

    [Fact]
    public void The_mean_over_time_leaves_masked_steps_out()
    {
        var golden = Golden("pooling");
        var masked = new Masking().Apply(golden.GetProperty("x").Tensor());
        GoldenFile.AssertClose(golden.GetProperty("output"), new GlobalAveragePooling1D().Apply(masked), "pooling");
        Assert.Equal(new Shape(3, 1, 3), new GlobalAveragePooling1D(keepDims: true).Apply(masked).Shape);
    }

    [Fact]
    public void Softmax_gives_nothing_to_what_does_not_count()
    {
        var golden = Golden("softmax");
        var output = new Softmax().Invoke([golden.GetProperty("x").Tensor()], training: false, golden.GetProperty("mask").Tensor().Cast(DType.Bool))[0];
        GoldenFile.AssertClose(golden.GetProperty("output"), output, "softmax", 1e-6);
    }
}
