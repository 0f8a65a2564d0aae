using Hero.Layers;
using Hero.Optimizers;
using Hero.Saving;
using Hero.Testing;

namespace Hero.Tests.Layers;

/// <summary>The policy mixed_bfloat16: calculations in bfloat16, float32 weights, and the places where float32 stays.</summary>
[Collection(SeededCollection.Name)]
public sealed class MixedPrecisionTests : IDisposable
{
    public void Dispose() => MixedPrecision.SetGlobalPolicy("float32");

    [Fact]
    public void The_global_policy_is_that_of_layers_made_from_then_on()
    {
        var before = new Dense(3);
        MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
        Assert.Equal("float32", before.DTypePolicy.Name);
        Assert.Equal("mixed_bfloat16", new Dense(3).DTypePolicy.Name);
        Assert.Equal("float32", new Dense(3, dtype: "float32").DTypePolicy.Name);
        Assert.Equal(DType.BFloat16, new Dense(3).Apply(Tensor.Ones([2, 4])).DType);
        Assert.Equal(DType.Float32, new Dense(3, dtype: "float32").Apply(Tensor.Ones([2, 4], DType.BFloat16)).DType);
    }

    [Fact]
    public void Unknown_policies_are_refused_and_pure_bfloat16_with_the_reason()
    {
        Assert.Contains("mixed_bfloat16", Assert.Throws<ArgumentException>(() => DTypePolicy.Get("mixed_float16")).Message, StringComparison.Ordinal);
        Assert.Contains("lose every update", Assert.Throws<ArgumentException>(() => MixedPrecision.SetGlobalPolicy("bfloat16")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_slots_and_moving_statistics_are_float32_and_answers_too()
    {
        MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
        var model = Network();
        Train(model, epochs: 1);
        Assert.All(model.Weights, weight => Assert.Equal(DType.Float32, weight.DType));
        Assert.All(TrainingState.Slots(model), slot => Assert.NotEqual(DType.BFloat16, slot.Variable.DType));
        Assert.Equal(DType.BFloat16, model.Outputs[0].DType);
        Assert.Equal(DType.Float32, model.Predict(Data().X).DType);
        Assert.Equal(DType.Float32, model.Predict(Data().X, batchSize: 7).DType);
    }

    [Fact]
    public void A_model_is_saved_with_its_policies_and_goes_on_as_it_was()
    {
        using var folder = new TemporaryFolder();
        MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
        var model = Network(last: "float32");
        Train(model, epochs: 1);
        model.Save(folder.File("mixed.safetensors"));
        MixedPrecision.SetGlobalPolicy("float32");
        var loaded = Model.Load(folder.File("mixed.safetensors"));
        Assert.Equal(model.Layers.Select(layer => layer.DTypePolicy.Name), loaded.Layers.Select(layer => layer.DTypePolicy.Name));
        Assert.Equal("float32", loaded.Layers[^1].DTypePolicy.Name);
        Assert.Equal(model.Predict(Data().X).ToArray<float>(), loaded.Predict(Data().X).ToArray<float>());
        Train(model, epochs: 1, compile: false);
        Train(loaded, epochs: 1, compile: false);
        Assert.Equal(model.Predict(Data().X).ToArray<float>(), loaded.Predict(Data().X).ToArray<float>());
    }

    [Fact]
    public void Files_from_before_there_were_policies_are_float32_whatever_the_global_one()
    {
        var written = LayerRegistry.Write(new Dense(3));
        written.GetConfig("config").Json.Remove("dtype");
        MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
        Assert.Equal("float32", LayerRegistry.Read(written).DTypePolicy.Name);
        written.GetConfig("config").Set("dtype", "float8");
        Assert.Throws<ModelFileException>(() => LayerRegistry.Read(written));
    }

    [Fact]
    public void Training_reaches_what_float32_reaches()
    {
        var wide = Train(Network(), epochs: 12);
        MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
        var mixed = Train(Network(), epochs: 12);
        Assert.InRange(wide, 0.95, 1);
        Assert.InRange(mixed, wide - 0.02, 1);
    }

    [Fact]
    public void Training_is_the_same_each_time()
    {
        MixedPrecision.SetGlobalPolicy("mixed_bfloat16");
        float[] Weights()
        {
            var model = Network();
            Train(model, epochs: 2);
            return [.. model.Weights.SelectMany(weight => weight.ToArray<float>())];
        }
        Assert.Equal(Weights(), Weights());
    }

    [Theory]
    [InlineData("categorical_crossentropy")]
    [InlineData("binary_crossentropy")]
    [InlineData("mse")]
    public void Losses_and_metrics_are_computed_in_float32(string name)
    {
        Hero.Losses.Loss loss = name;
        var logits = new RandomGenerator(1).Normal([64, 10]).Cast(DType.BFloat16);
        var truth = (Tensor.Arange(64) % Tensor.From(10)).OneHot(10);
        Tensor Answer(Tensor x) => name == "binary_crossentropy" ? x.Sigmoid() : x.Softmax();
        var mixed = loss.Apply(truth, Answer(logits));
        Assert.Equal(DType.Float32, mixed.DType);
        // From the logits there is no rounding of probabilities at all.
        Assert.Equal(loss.Apply(truth, Answer(logits.Cast(DType.Float32))).Item<float>(), mixed.Item<float>(), name == "mse" ? 1e-4 : 1e-6);
        var metric = new Hero.Metrics.MeanSquaredError();
        metric.Update(truth, logits);
        var wide = new Hero.Metrics.MeanSquaredError();
        wide.Update(truth, logits.Cast(DType.Float32));
        Assert.Equal(wide.Result(), metric.Result(), 1e-9);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("simple_rnn")]
    public void Recurrent_layers_multiply_rounded_factors_and_keep_float32_weights_and_sums(string kind)
    {
        (float[] States, float[] Kernel, Layer Layer, DType Type) Train(DTypePolicy policy)
        {
            RandomGenerator.Default.Seed(4);
            RecurrentLayer layer = kind switch
            {
                "lstm" => new LSTM(96, returnSequences: true, dtype: policy),
                "gru" => new GRU(96, returnSequences: true, dtype: policy),
                _ => new SimpleRNN(96, returnSequences: true, dtype: policy),
            };
            var model = new Sequential(new Input(6, 32), layer);
            model.Compile(new SGD(0.5), "mse");
            var x = new RandomGenerator(1).Uniform([16, 6, 32], -1, 1);
            var states = model.Predict(x).ToArray<float>();
            model.TrainOnBatch(x, Tensor.Ones([16, 6, 96]) * 0.3);
            return (states, layer.Weights[1].ToArray<float>(), layer, model.Outputs[0].DType);
        }
        var (wide, mixed) = (Train("float32"), Train("mixed_bfloat16"));
        Assert.Equal((DType.Float32, DType.BFloat16), (wide.Type, mixed.Type));
        Assert.All(mixed.Layer.Weights, weight => Assert.Equal(DType.Float32, weight.DType));
        Assert.NotEqual(wide.States, mixed.States);
        Assert.NotEqual(wide.Kernel, mixed.Kernel);
        for (var i = 0; i < wide.States.Length; i++) Assert.Equal(wide.States[i], mixed.States[i], 0.02f);
        for (var i = 0; i < wide.Kernel.Length; i++) Assert.Equal(wide.Kernel[i], mixed.Kernel[i], 1e-3f);
    }

    [Fact]
    public void Own_layers_take_part_when_they_cast_their_weights()
    {
        var x = Tensor.Ones([2, 3]);
        Assert.Equal(DType.BFloat16, new Scale("mixed_bfloat16").Apply(x).DType);
        Assert.Equal(DType.Float32, new Scale("float32").Apply(x).DType);
    }

    [Fact]
    public void Layers_that_a_layer_makes_have_its_policy()
    {
        var outer = new Wrapper("mixed_bfloat16");
        Assert.Equal(DType.BFloat16, outer.Apply(Tensor.Ones([2, 3])).DType);
        Assert.Equal("mixed_bfloat16", outer.Inner!.DTypePolicy.Name);
    }

    private sealed class Wrapper(DTypePolicy dtype) : Layer(dtype: dtype)
    {
        public Dense? Inner { get; private set; }

        protected override void Build(Shape inputShape) => Inner = AddLayer(new Dense(2));

        protected override Tensor Call(Tensor input, bool training) => Inner!.Apply(input, training);
    }

    private sealed class Scale(DTypePolicy dtype) : Layer(dtype: dtype)
    {
        private Variable? factor;

        protected override void Build(Shape inputShape) => factor = AddWeight("factor", [inputShape[^1]], "ones");

        protected override Tensor Call(Tensor input, bool training) => input * Cast(factor!);
    }

    private static Sequential Network(DTypePolicy? last = null) => new(
        new Input(8, 8, 1), new Conv2D(8, 3, activation: "relu", kernelInitializer: new Hero.Initializers.GlorotUniform(1)),
        new BatchNormalization(momentum: 0.8), new MaxPooling2D(2), new Dropout(0.1, seed: 3), new Flatten(),
        new Dense(16, activation: "relu", kernelInitializer: new Hero.Initializers.GlorotUniform(2)),
        new Dense(3, kernelInitializer: new Hero.Initializers.GlorotUniform(3)), new Activation("softmax", dtype: last));

    private static double Train(Model model, int epochs, bool compile = true)
    {
        RandomGenerator.Default.Seed(5);
        var (x, y) = Data();
        if (compile) model.Compile(new Adam(0.01), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        model.Fit(x, y, batchSize: 32, epochs: epochs, verbose: Verbose.Silent);
        return model.Evaluate(x, y)["accuracy"];
    }

    /// <summary>Stripes along rows, stripes along columns, or neither, in noise.</summary>
    private static (Tensor X, Tensor Y) Data()
    {
        var random = new Random(9);
        var (x, y) = (new float[300, 8, 8, 1], new int[300]);
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = i % 3;
            for (var row = 0; row < 8; row++)
                for (var column = 0; column < 8; column++)
                    x[i, row, column, 0] = (float)(random.NextDouble() - 0.5) + (y[i] == 0 ? row % 2 : y[i] == 1 ? column % 2 : 0.5f);
        }
        return (Tensor.From(x), Tensor.From(y));
    }
}
