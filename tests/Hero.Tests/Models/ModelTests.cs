using Hero.Layers;
using Hero.Optimizers;

namespace Hero.Tests.Models;

[Collection(SeededCollection.Name)]
public class ModelTests
{
    [Fact]
    public void Branches_meet_and_layers_are_shared()
    {
        var (left, right) = (new Input(3), new Input(3));
        var shared = new Dense(2, useBias: false, name: "shared");
        var sum = new Add().Apply(shared.Apply(left), shared.Apply(right));
        var model = new Model([left, right], [sum, shared.Apply(left)]);
        Assert.Equal(["input", "input_1", "shared", "add"], model.Layers.Select(layer => layer.Name));
        Assert.Single(model.Weights);
        var (a, b) = (Tensor.Ones([4, 3]), Tensor.Ones([4, 3]) * 2);
        var both = model.PredictAll(new[] { a, b });
        Assert.Equal((a.MatMul(shared.Weights[0]) * 3).ToArray<float>(), both[0].ToArray<float>(), (x, y) => Math.Abs(x - y) < 1e-5);
        Assert.Equal(a.MatMul(shared.Weights[0]).ToArray<float>(), both[1].ToArray<float>());
        Assert.Throws<ArgumentException>(() => model.PredictAll(new[] { a, b[..2] }));
        Assert.ThrowsAny<ArgumentException>(() => model.Predict(a));
    }

    [Fact]
    public void Two_inputs_are_trained_on()
    {
        RandomGenerator.Default.Seed(2);
        var (a, b) = (new Input(2), new Input(1));
        var model = new Model([a, b], [new Dense(1).Apply(new Concatenate().Apply(a, b))]);
        model.Compile(new SGD(0.1), "mse");
        var (x, y) = SequentialTests.HalfPlanes(60);
        var second = Training.FitTests.Column(y);
        var history = model.Fit(new[] { Tensor.From(x), Tensor.From(second) }, second, epochs: 20, verbose: Verbose.Silent,
            validationSplit: 0.2);
        Assert.True(history["loss"][^1] < 0.2 * history["loss"][0]);
    }

    [Fact]
    public void An_output_that_depends_on_something_else_is_refused()
    {
        var (a, b) = (new Input(2), new Input(2));
        var sum = new Add().Apply(a, b);
        Assert.Contains("not among", Assert.Throws<ArgumentException>(() => new Model(a, sum)).Message);
        Assert.Contains("new Input", Assert.Throws<ArgumentException>(() => new Model(sum, new Dense(1).Apply(sum))).Message);
    }

    [Fact]
    public void A_model_is_a_layer_and_its_parts_can_be_taken_out()
    {
        RandomGenerator.Default.Seed(3);
        var foundation = new Sequential([new Input(4), new Dense(3, activation: "tanh"), new BatchNormalization(), new Dense(2)],
            name: "foundation");
        foundation.Trainable = false;
        var model = new Sequential(foundation, new Dense(1));
        Assert.Equal([4], model.Inputs[0].Shape.ToArray());
        Assert.Equal(["kernel", "bias"], model.TrainableWeights.Select(weight => weight.Name));
        Assert.Equal(8, model.NonTrainableWeights.Count);
        var x = Tensor.From(new float[,] { { 1, 2, 3, 4 }, { -1, 0, 1, 0 } });
        var features = new Model(foundation.Inputs[0], foundation.GetLayer("dense").Output);
        Assert.Equal(foundation.GetLayer("dense").Apply(x).ToArray<float>(), features.Predict(x).ToArray<float>());
        // Frozen batch normalization uses its moving statistics in training too.
        Assert.Equal(foundation.Predict(x).ToArray<float>(), foundation.Apply(x, training: true).ToArray<float>());
        foundation.Trainable = true;
        Assert.NotEqual(foundation.Predict(x).ToArray<float>(), foundation.Apply(x, training: true).ToArray<float>());
        Assert.Equal(8, model.TrainableWeights.Count);
    }

    [Fact]
    public void A_model_may_say_itself_what_it_computes()
    {
        RandomGenerator.Default.Seed(4);
        var model = new Residual();
        model.Compile("adam", "mse");
        var history = model.Fit(Tensor.Ones([20, 3]), Tensor.Ones([20, 3]) * 2, epochs: 3, verbose: Verbose.Silent);
        Assert.True(history["loss"][2] < history["loss"][0]);
        Assert.Equal(4, model.Weights.Count);
        Assert.Equal([20, 3], model.Predict(Tensor.Ones([20, 3])).Shape.ToArray());
    }

    [Fact]
    public void Layers_of_one_s_own_that_draw_first_values_get_different_ones()
    {
        RandomGenerator.Default.Seed(5);
        var model = new Sequential(new Input(2), new Noise(), new Noise());
        Assert.NotEqual(model.Weights[0].ToArray<float>(), model.Weights[1].ToArray<float>());
        model.Compile("sgd", "mse");
        model.Fit(new float[8, 2], new float[8, 2], verbose: Verbose.Silent);
        var deferred = new Sequential(new Noise(), new Noise());
        deferred.Compile("sgd", "mse");
        deferred.Fit(new float[8, 2], new float[8, 2], verbose: Verbose.Silent);
        Assert.NotEqual(deferred.Weights[0].ToArray<float>(), deferred.Weights[1].ToArray<float>());
    }

    [Fact]
    public void The_summary_is_Keras()
    {
        var model = new Sequential(
            new Input(28, 28, 1), new Conv2D(32, 3, activation: "relu"), new Conv2D(64, 3, activation: "relu"), new MaxPooling2D(2),
            new Dropout(0.25f),
            new Flatten(), new Dense(128, activation: "relu"), new Dropout(0.5f), new Dense(10, activation: "softmax"));
        model.GetLayer("conv2d").Trainable = false;
        var text = new StringWriter { NewLine = "\n" };
        model.Summary(text);
        Assert.Equal(
            """
            Model: "sequential"
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓
            ┃ Layer (type)                 ┃ Output Shape       ┃   Param # ┃
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩
            │ conv2d (Conv2D)              │ (None, 26, 26, 32) │       320 │
            ├──────────────────────────────┼────────────────────┼───────────┤
            │ conv2d_1 (Conv2D)            │ (None, 24, 24, 64) │    18,496 │
            ├──────────────────────────────┼────────────────────┼───────────┤
            │ max_pooling2d (MaxPooling2D) │ (None, 12, 12, 64) │         0 │
            ├──────────────────────────────┼────────────────────┼───────────┤
            │ dropout (Dropout)            │ (None, 12, 12, 64) │         0 │
            ├──────────────────────────────┼────────────────────┼───────────┤
            │ flatten (Flatten)            │ (None, 9216)       │         0 │
            ├──────────────────────────────┼────────────────────┼───────────┤
            │ dense (Dense)                │ (None, 128)        │ 1,179,776 │
            ├──────────────────────────────┼────────────────────┼───────────┤
            │ dropout_1 (Dropout)          │ (None, 128)        │         0 │
            ├──────────────────────────────┼────────────────────┼───────────┤
            │ dense_1 (Dense)              │ (None, 10)         │     1,290 │
            └──────────────────────────────┴────────────────────┴───────────┘
             Total params: 1,199,882 (4.58 MB)
             Trainable params: 1,199,562 (4.58 MB)
             Non-trainable params: 320 (1.25 KB)

            """.ReplaceLineEndings("\n"), text.ToString());

        var x = new Input(4);
        text = new StringWriter { NewLine = "\n" };
        new Model(x, new Add().Apply(x, new Dense(4).Apply(x)), name: "branched").Summary(text);
        Assert.Contains("│ add (Add)     │ (None, 4)    │       0 │ input, dense │", text.ToString());
        text = new StringWriter();
        new Sequential(new Dense(3)).Summary(text);
        Assert.Contains("0 (unbuilt)", text.ToString());
    }

    private sealed class Noise : Layer
    {
        private Variable? shift;

        protected override void Build(Shape inputShape)
        {
            shift = AddWeight("shift", inputShape, "zeros");
            shift.Assign(RandomGenerator.Default.Normal(inputShape));
        }

        protected override Tensor Call(Tensor input, bool training) => input + shift!;
    }

    private sealed class Residual : Model
    {
        private readonly Dense first;
        private readonly Dense second;

        public Residual()
            : base("residual")
        {
            first = AddLayer(new Dense(5, activation: "relu"));
            second = AddLayer(new Dense(3));
        }

        protected override Tensor Call(Tensor input, bool training) => input + second.Apply(first.Apply(input, training), training);
    }
}
