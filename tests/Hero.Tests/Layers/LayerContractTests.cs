using Hero.Layers;
using Hero.Optimizers;
using Hero.Saving;
using Hero.Testing;

namespace Hero.Tests.Layers;

/// <summary>What every layer must do, whatever it computes; a layer that files may name and that is missing here fails a test.</summary>
[Collection(SeededCollection.Name)]
public class LayerContractTests
{
    private static readonly Dictionary<string, (Func<Layer> Make, Shape[] Inputs)> Layers = new()
    {
        [nameof(Activation)] = (() => new Activation("gelu"), [[5]]),
        [nameof(Add)] = (() => new Add(), [[4, 3], [4, 3], [3]]),
        [nameof(Average)] = (() => new Average(), [[4, 3], [3]]),
        [nameof(AveragePooling1D)] = (() => new AveragePooling1D(3, strides: 2, padding: "same"), [[7, 3]]),
        [nameof(AveragePooling2D)] = (() => new AveragePooling2D((2, 1)), [[5, 4, 3]]),
        [nameof(BatchNormalization)] = (() => new BatchNormalization(0.9, 1e-4, betaInitializer: "ones", gammaRegularizer: "l2"), [[4, 3]]),
        [nameof(Bidirectional)] = (() => new Bidirectional(new GRU(2, returnSequences: true), mergeMode: "ave"), [[4, 3]]),
        [nameof(Concatenate)] = (() => new Concatenate(axis: 1), [[4, 3], [2, 3]]),
        [nameof(Conv1D)] = (() => new Conv1D(4, 3, strides: 2, padding: "same", activation: "tanh", kernelRegularizer: "l1"), [[7, 3]]),
        [nameof(Conv2D)] = (
            () => new Conv2D(4, (3, 2), strides: (1, 2), padding: Padding.Explicit(1, 0, 0, 1), groups: 2, biasInitializer: "ones"), [[5, 6, 4]]),
        [nameof(Dense)] = (
            () => new Dense(4, activation: "elu", kernelInitializer: "he_normal", kernelRegularizer: new Hero.Regularizers.L1L2(0.1, 0.2)), [[3, 5]]),
        [nameof(DepthwiseConv2D)] = (
            () => new DepthwiseConv2D(3, padding: "same", depthMultiplier: 2, depthwiseInitializer: "lecun_normal"), [[5, 4, 3]]),
        [nameof(Dropout)] = (() => new Dropout(0.4, seed: 3), [[6]]),
        [nameof(Embedding)] = (() => new Embedding(3, 4, embeddingsInitializer: "he_normal", embeddingsRegularizer: "l2", maskZero: true), [[5]]),
        [nameof(Flatten)] = (() => new Flatten(), [[2, 3, 2]]),
        [nameof(GlobalAveragePooling1D)] = (() => new GlobalAveragePooling1D(keepDims: true), [[4, 3]]),
        [nameof(GlobalAveragePooling2D)] = (() => new GlobalAveragePooling2D(), [[4, 3, 2]]),
        [nameof(GlobalMaxPooling1D)] = (() => new GlobalMaxPooling1D(), [[4, 3]]),
        [nameof(GlobalMaxPooling2D)] = (() => new GlobalMaxPooling2D(keepDims: true), [[4, 3, 2]]),
        [nameof(GRU)] = (
            () => new GRU(3, returnSequences: true, dropout: 0.2, recurrentDropout: 0.3, seed: 4, recurrentRegularizer: "l2", biasInitializer: "ones"), [[4, 2]]),
        [nameof(Input)] = (() => new Input(4), []),
        [nameof(LeakyReLU)] = (() => new LeakyReLU(0.1), [[4]]),
        [nameof(LSTM)] = (() => new LSTM(3, returnState: true, goBackwards: true, kernelRegularizer: "l1", recurrentInitializer: "he_normal"), [[4, 2]]),
        [nameof(Masking)] = (() => new Masking(0.5), [[4, 3]]),
        [nameof(MaxPooling1D)] = (() => new MaxPooling1D(), [[6, 3]]),
        [nameof(MaxPooling2D)] = (() => new MaxPooling2D(3, strides: 2, padding: "same"), [[5, 4, 3]]),
        [nameof(Model)] = (Branch, [[3]]),
        [nameof(Multiply)] = (() => new Multiply(), [[4, 3], [4, 1], [3]]),
        [nameof(ReLU)] = (() => new ReLU(6, 0.1, 0.2), [[4]]),
        [nameof(RepeatVector)] = (() => new RepeatVector(3), [[4]]),
        [nameof(Reshape)] = (() => new Reshape(-1, 2), [[4, 3]]),
        [nameof(SeparableConv2D)] = (
            () => new SeparableConv2D(4, 3, depthMultiplier: 2, activation: "relu", pointwiseInitializer: "he_uniform",
                pointwiseRegularizer: "l1_l2"), [[5, 5, 3]]),
        [nameof(Sequential)] = (
            () => new Sequential(new Input(3), new Dense(4, activation: "relu"), new Dropout(0.2), new Dense(2)), [[3]]),
        [nameof(SimpleRNN)] = (() => new SimpleRNN(3, activation: "relu", useBias: false, returnSequences: true), [[4, 2]]),
        [nameof(Softmax)] = (() => new Softmax(1), [[4, 3]]),
        [nameof(TimeDistributed)] = (() => new TimeDistributed(new Dense(2, activation: "tanh")), [[4, 3]]),
        [nameof(ZeroPadding2D)] = (() => new ZeroPadding2D((2, 1)), [[3, 3, 2]]),
    };

    public static TheoryData<string> Names => [.. Layers.Keys.Where(name => name != nameof(Input))];

    [Fact]
    public void Every_layer_that_files_may_name_is_held_to_the_contract() =>
        Assert.Equal(Layers.Keys.Order(),
            LayerRegistry.Layers.Names.Where(name => !name.StartsWith("Test", StringComparison.Ordinal)).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Shapes_are_known_before_data_comes(string name)
    {
        var (make, inputs) = Layers[name];
        var (model, layer) = Wrap(make, inputs);
        var output = model.PredictAll(Data(inputs, 3));
        Assert.True(layer.IsBuilt);
        Assert.Equal([3, .. layer.Nodes[0].Outputs[0].Shape.ToArray()], layer.Apply(Data(inputs, 3)).Shape.ToArray());
        Assert.Equal([3, .. model.Outputs[0].Shape.ToArray()], output[0].Shape.ToArray());
        Assert.Equal([1, .. model.Outputs[0].Shape.ToArray()], model.Predict(Data(inputs, 1)).Shape.ToArray());
        Assert.True(output[0].IsFinite().Cast(DType.Int32).Min().Item<int>() == 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layer_is_made_again_from_its_configuration(string name)
    {
        var (make, inputs) = Layers[name];
        var layer = make();
        layer.Trainable = false;
        layer.SetName("its_name");
        var written = LayerRegistry.Write(layer).Json.ToJsonString();
        var again = LayerRegistry.Read(Config.Parse(written, "test"));
        Assert.Equal(written, LayerRegistry.Write(again).Json.ToJsonString());
        Assert.IsType(layer.GetType(), again);
        var shapes = inputs.ToList();
        layer.EnsureBuilt(shapes);
        again.EnsureBuilt(shapes);
        Assert.Equal(layer.NamedVariables().Select(named => (named.Path, named.Variable.Shape)),
            again.NamedVariables().Select(named => (named.Path, named.Variable.Shape)));
        Assert.False(again.Trainable);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_with_the_layer_is_saved_and_loaded(string name)
    {
        using var folder = new TemporaryFolder();
        var (make, inputs) = Layers[name];
        var (model, _) = Wrap(make, inputs);
        model.Save(folder.File("model.safetensors"));
        var loaded = Model.Load(folder.File("model.safetensors"));
        Assert.Equal(model.Predict(Data(inputs, 3)).ToArray<float>(), loaded.Predict(Data(inputs, 3)).ToArray<float>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_training_step_changes_all_weights_and_is_the_same_each_time(string name)
    {
        var (make, inputs) = Layers[name];
        float[][] Train()
        {
            RandomGenerator.Default.Seed(11);
            var (model, layer) = Wrap(make, inputs);
            var before = layer.Weights.Select(weight => weight.ToArray<float>()).ToList();
            model.Compile(new SGD(0.1), "mean_squared_error");
            var y = Tensor.Ones(Batch(4, model.Outputs[0].Shape)) * 0.3;
            Assert.True(double.IsFinite(model.TrainOnBatch(Data(inputs, 4), y)["loss"]));
            foreach (var (weight, old) in layer.Weights.Zip(before))
                Assert.False(weight.ToArray<float>().SequenceEqual(old), $"{weight.Name} has not changed");
            return [.. model.NamedVariables().Where(named => !named.IsState).Select(named => named.Variable.ToArray<float>()),
                model.Predict(Data(inputs, 3)).ToArray<float>()];
        }
        Assert.Equal(Train(), Train());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Under_mixed_bfloat16_a_layer_gives_nearly_the_same_and_trains(string name)
    {
        var (make, inputs) = Layers[name];
        (Tensor Answer, double Loss, float[] Weights) Train(DTypePolicy policy)
        {
            try
            {
                RandomGenerator.Default.Seed(11);
                MixedPrecision.SetGlobalPolicy(policy);
                var (model, layer) = Wrap(make, inputs);
                Assert.Equal(policy.ComputeDType, model.Outputs[0].DType);
                var answer = model.Predict(Data(inputs, 3));
                var before = layer.Weights.Select(weight => weight.ToArray<float>()).ToList();
                model.Compile(new SGD(0.1), "mean_squared_error");
                var loss = model.TrainOnBatch(Data(inputs, 4), Tensor.Ones(Batch(4, model.Outputs[0].Shape)) * 0.3)["loss"];
                foreach (var (weight, old) in layer.Weights.Zip(before))
                    Assert.False(weight.ToArray<float>().SequenceEqual(old), $"{weight.Name} has not changed");
                return (answer, loss, [.. layer.Weights.SelectMany(weight => weight.ToArray<float>())]);
            }
            finally
            {
                MixedPrecision.SetGlobalPolicy("float32");
            }
        }
        var (wide, mixed) = (Train("float32"), Train("mixed_bfloat16"));
        static void Near(float[] expected, float[] actual) => Assert.All(expected.Zip(actual),
            pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.03 * Math.Max(expected.Max(Math.Abs), 1e-3)));
        Near(wide.Answer.ToArray<float>(), mixed.Answer.ToArray<float>());
        if (wide.Weights.Length > 0) Near(wide.Weights, mixed.Weights);
        Assert.InRange(mixed.Loss, wide.Loss * 0.97, wide.Loss * 1.03);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frozen_layer_does_not_change(string name)
    {
        var (make, inputs) = Layers[name];
        var (model, layer) = Wrap(make, inputs);
        layer.Trainable = false;
        var before = layer.Weights.Select(weight => weight.ToArray<float>()).ToList();
        model.Compile("adam", "mse");
        model.TrainOnBatch(Data(inputs, 4), Tensor.Ones(Batch(4, model.Outputs[0].Shape)));
        Assert.Equal(before, layer.Weights.Select(weight => weight.ToArray<float>()));
        Assert.Empty(layer.TrainableWeights);
        Assert.Equal(layer.Weights.Count, layer.NonTrainableWeights.Count);
    }

    /// <summary>The layer between a first one with weights, so that gradients flow through it, and the output.</summary>
    private static (Model Model, Layer Layer) Wrap(Func<Layer> make, Shape[] inputs)
    {
        var layer = make();
        var entries = inputs.Select(shape => (SymbolicTensor)new Input(shape)).ToArray();
        SymbolicTensor first = new Activation("linear").Apply(entries[0]);
        return (new Model(entries, [layer.Apply([first, .. entries[1..]])]), layer);
    }

    private static Tensor[] Data(Shape[] inputs, int count)
    {
        var random = new Random(5);
        return Array.ConvertAll(inputs, shape =>
        {
            var values = new float[shape.Size * count];
            for (var i = 0; i < values.Length; i++) values[i] = random.NextSingle() * 2 - 1;
            return Tensor.From<float>(values, Batch(count, shape));
        });
    }

    private static Shape Batch(int count, Shape shape) => new([count, .. shape]);

    private static Model Branch()
    {
        SymbolicTensor x = new Input(3);
        var hidden = new Dense(4, activation: "tanh").Apply(x);
        return new Model(x, new Concatenate().Apply(hidden, new Dense(2).Apply(x)));
    }
}
