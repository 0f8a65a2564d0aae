using Hero.Initializers;
using Hero.Layers;
using Hero.Saving;
using Hero.Testing;

namespace Hero.Tests.Layers;

[Collection(SeededCollection.Name)]
public class RecurrentTests
{
    private static readonly Tensor X = new RandomGenerator(3).Uniform([4, 5, 3], -1, 1);

    public static TheoryData<string> Kinds => ["lstm", "gru", "simple_rnn"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_stateful_layer_goes_on_where_the_batch_before_ended(string kind)
    {
        var layer = Make(kind, stateful: true, returnSequences: true);
        var whole = Twin(layer, Make(kind, returnSequences: true)).Apply(X).ToArray<float>();
        var model = new Sequential(new Input(1, 3), layer);
        var steps = Enumerable.Range(0, 5).Select(t => model.Predict(X[.., t..(t + 1)]).ToArray<float>()).ToList();
        for (var t = 0; t < 5; t++)
            for (var b = 0; b < 4; b++) Close(whole[((b * 5 + t) * 6)..((b * 5 + t + 1) * 6)], steps[t][(b * 6)..((b + 1) * 6)]);
        layer.ResetState();
        Assert.Equal(steps[0], model.Predict(X[.., ..1]).ToArray<float>());
    }

    [Fact]
    public void A_stateful_layer_in_a_file_begins_with_zeros()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Input(5, 3), new LSTM(4, stateful: true), new Dense(1));
        var first = model.Predict(X).ToArray<float>();
        Assert.NotEqual(first, model.Predict(X).ToArray<float>());
        model.Compile("adam", "mse");
        model.Save(folder.File("model.safetensors"));
        var loaded = Model.Load(folder.File("model.safetensors"));
        Assert.Equal(first, loaded.Predict(X).ToArray<float>());
        Assert.True(((LSTM)loaded.Layers[0]).Stateful);
    }

    [Fact]
    public void A_stateful_layer_wants_batches_of_one_size()
    {
        var layer = new GRU(2, stateful: true);
        layer.Apply(X);
        var error = Assert.Throws<LayerException>(() => layer.Apply(X[..3]));
        Assert.Contains("began with batches of 4 sequences, got 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("stateful: true", Assert.Throws<InvalidOperationException>(new GRU(2).ResetState).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Masked_steps_leave_state_and_output_as_they_are(string kind)
    {
        bool[,] counts = { { true, true, false, true, false }, { true, false, false, false, false }, { false, true, true, true, true }, { true, true, true, true, true } };
        var layer = Make(kind, returnSequences: true);
        var outputs = layer.ApplyAll(X, mask: Tensor.From(counts))[0].ToArray<float>();
        for (var b = 0; b < 4; b++)
        {
            // The same without the steps that do not count.
            var read = Enumerable.Range(0, 5).Where(t => counts[b, t]).ToArray();
            var shorter = layer.Apply(Tensor.Concatenate([.. read.Select(t => X[b..(b + 1), t..(t + 1)])], 1)).ToArray<float>();
            var done = 0;
            for (var t = 0; t < 5; t++)
            {
                if (counts[b, t]) done++;
                var expected = done == 0 ? new float[6] : shorter[((done - 1) * 6)..(done * 6)];
                Close(expected, outputs[((b * 5 + t) * 6)..((b * 5 + t + 1) * 6)]);
            }
        }
    }

    [Fact]
    public void Masks_go_from_layer_to_layer()
    {
        var words = Tensor.From(new[,] { { 1, 2, 0, 0 }, { 3, 0, 0, 0 }, { 4, 1, 2, 3 } });
        var model = new Sequential(
            new Input([4], DType.Int32), new Embedding(5, 3, maskZero: true), new Dropout(0.5), new LSTM(4, returnSequences: true), new Dense(4, activation: "relu"), new GRU(2));
        var all = model.Predict(words).ToArray<float>();
        var shorter = new Sequential(new Input([2], DType.Int32));
        foreach (var layer in model.Layers) shorter.Add(layer);
        Close(all[..2], shorter.Predict(words[..1, ..2]).ToArray<float>());
    }

    [Fact]
    public void Masking_masks_steps_of_one_value()
    {
        var x = Tensor.From(new float[,,] { { { 1, 2 }, { -1, -1 }, { 3, -1 } } });
        var masked = new Masking(-1).Apply(x);
        Assert.Equal([1, 2, 0, 0, 3, -1], masked.ToArray<float>());
        Assert.Equal([true, false, true], Masks.Of(masked)!.ToArray<bool>());
    }

    [Theory]
    [InlineData("concat")]
    [InlineData("sum")]
    [InlineData("mul")]
    [InlineData("ave")]
    public void Bidirectional_reads_both_ways(string mode)
    {
        var both = new Bidirectional(new LSTM(3, returnSequences: true, name: "reader"), mode);
        var got = both.Apply(X);
        Assert.Equal(["forward_reader", "backward_reader"], [both.ForwardLayer.Name, both.BackwardLayer.Name]);
        var (one, other) = (both.ForwardLayer.Apply(X), both.BackwardLayer.Apply(X).Flip(1));
        var expected = mode switch { "concat" => Tensor.Concatenate([one, other], 2), "sum" => one + other, "mul" => one * other, _ => (one + other) / 2 };
        Close(expected.ToArray<float>(), got.ToArray<float>());
        // From the end is from the beginning of the sequence turned round.
        var turned = Twin(both.BackwardLayer, new LSTM(3, returnSequences: true)).Apply(X.Flip(1)).Flip(1);
        Close(turned.ToArray<float>(), other.ToArray<float>());
    }

    [Fact]
    public void Bidirectional_gives_both_outputs_and_all_states()
    {
        SymbolicTensor x = new Input(5, 3);
        Assert.Equal([new Shape(2), new Shape(2), new Shape(2), new Shape(2), new Shape(2), new Shape(2)],
            new Bidirectional(new LSTM(2, returnState: true), mergeMode: null).ApplyAll(x).Select(output => output.Shape));
        Assert.Throws<ArgumentException>(() => new Bidirectional(new LSTM(2), "join"));
        Assert.Throws<ArgumentException>(() => new Bidirectional(new LSTM(2), backwardLayer: new LSTM(2)));
        Assert.Throws<ArgumentException>(() => new Bidirectional(new LSTM(2), backwardLayer: new LSTM(2, goBackwards: true, returnSequences: true)));
    }

    [Fact]
    public void An_encoder_hands_its_states_to_a_decoder()
    {
        SymbolicTensor source = new Input(5, 3), target = new Input(4, 3);
        var encoded = new LSTM(6, returnState: true).ApplyAll(source);
        var decoded = new LSTM(6, returnSequences: true).Apply(target, encoded[1], encoded[2]);
        var model = new Model([source, target], [new TimeDistributed(new Dense(2)).Apply(decoded)]);
        model.Compile("adam", "mse");
        var before = model.Weights.Select(weight => weight.ToArray<float>()).ToList();
        model.TrainOnBatch(new[] { X, X[.., 1..] }, Tensor.Ones([4, 4, 2]));
        foreach (var (weight, old) in model.Weights.Zip(before)) Assert.NotEqual(old, weight.ToArray<float>());
    }

    [Fact]
    public void Dropout_drops_the_same_inputs_at_all_steps()
    {
        var layer = new SimpleRNN(3, activation: "linear", useBias: false, kernelInitializer: "ones", recurrentInitializer: "zeros", dropout: 0.5, seed: 1, returnSequences: true);
        var x = Tensor.From<float>([.. Enumerable.Range(0, 50).SelectMany(_ => new float[] { 1, 10, 100, 1, 10, 100 })], [50, 2, 3]);
        Assert.All(layer.Apply(x).ToArray<float>(), value => Assert.Equal(111f, value));
        var dropped = layer.Apply(x, training: true).ToArray<float>();
        for (var i = 0; i < 50; i++) Assert.Equal(dropped[i * 6], dropped[i * 6 + 3]);
        Assert.True(dropped.Distinct().Count() > 4);
    }

    [Fact]
    public void The_forget_gate_begins_open()
    {
        var layer = new LSTM(2, biasInitializer: "random_normal");
        layer.Apply(X);
        var bias = layer.Weights[2].ToArray<float>();
        Assert.Equal([1f, 1f], bias[2..4]);
        Assert.All(bias[..2].Concat(bias[4..]), value => Assert.InRange(Math.Abs(value), 1e-6, 0.5));
        layer = new LSTM(2, unitForgetBias: false);
        layer.Apply(X);
        Assert.Equal(new float[8], layer.Weights[2].ToArray<float>());
    }

    [Theory]
    [InlineData(6, 24)]
    [InlineData(24, 6)]
    [InlineData(7, 7)]
    public void Orthogonal_matrices_are(int rows, int columns)
    {
        var matrix = new Orthogonal(gain: 2).Create([rows, columns], seed: 5, DType.Float64);
        var product = rows <= columns ? matrix.MatMul(matrix.Transpose()) : matrix.Transpose().MatMul(matrix);
        var size = Math.Min(rows, columns);
        var values = product.ToArray<double>();
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++) Assert.Equal(i == j ? 4 : 0, values[i * size + j], 1e-12);
        Assert.NotEqual(matrix.ToArray<double>(), new Orthogonal(2).Create([rows, columns], seed: 6, DType.Float64).ToArray<double>());
        Assert.Throws<ArgumentException>(() => new Orthogonal().Create([3], seed: 1));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        void Names(string part, Action action) => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
        Names("LSTM needs at least 1 unit, got 0", () => _ = new LSTM(0));
        Names("GRU needs a recurrentDropout of at least 0 and below 1, got 1", () => _ = new GRU(2, recurrentDropout: 1));
        Names("expects sequences of shape (batch, time, features), got (None, 3)", () => new SimpleRNN(2).Apply(Tensor.Ones([4, 3])));
        var layer = new LSTM(2);
        layer.Apply(X);
        Names("expects sequences of shape (batch, time, 3)", () => layer.Apply(Tensor.Ones([4, 5, 2])));
        Names("initial states of shape (4, 2), got (4, 3)", () => layer.ApplyAll(X, [Tensor.Ones([4, 3]), Tensor.Ones([4, 2])]));
        Names("2 initial state(s), got 2 inputs", () => layer.ApplyAll(X, [Tensor.Ones([4, 2])]));
        Names("a mask of shape (4, 5), got (4, 4)", () => layer.ApplyAll(X, mask: Tensor.Ones([4, 4], DType.Bool)));
        Names("(batch, time, features), got (4, 3)", () => new Masking().Apply(Tensor.Ones([4, 3])));
        Names("at least once, got 0", () => _ = new RepeatVector(0));
        Names("inputDim of at least 1, got 0", () => _ = new Embedding(0, 2));
    }

    private static RecurrentLayer Make(string kind, bool stateful = false, bool returnSequences = false) => kind switch
    {
        "lstm" => new LSTM(6, stateful: stateful, returnSequences: returnSequences),
        "gru" => new GRU(6, stateful: stateful, returnSequences: returnSequences),
        _ => new SimpleRNN(6, stateful: stateful, returnSequences: returnSequences),
    };

    /// <summary>The second layer with the first one's weights.</summary>
    private static RecurrentLayer Twin(RecurrentLayer layer, RecurrentLayer twin)
    {
        foreach (var one in new[] { layer, twin }) one.EnsureBuilt([new Shape(5, 3)]);
        foreach (var (weight, value) in twin.Weights.Zip(layer.Weights)) weight.Assign(value);
        return twin;
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
    }
}
