using Hero;
using Hero.Callbacks;
using Hero.Data;
using Hero.Datasets;
using Hero.Layers;
using Hero.Losses;
using Hero.Metrics;
using Hero.Optimizers;
using Hero.Regularizers;
using Hero.Saving;
using Hero.Vision;
using Hero.Vision.Applications;
using Microsoft.Extensions.Logging.Abstractions;

namespace Samples;

/// <summary>The right-hand sides of docs/keras-to-hero.md.</summary>
public class KerasSamples
{
    [Fact]
    public void Models()
    {
        var x = new Input(28, 28, 1);
        var h = new Dense(64).Apply(x);
        SymbolicTensor inputs = x, outputs = h;
        var model = new Model(inputs, outputs);
        model.Summary();
        var data = Tensor.Ones([2, 28, 28, 1]);
        Assert.Equal([2, 28, 28, 64], model.Apply(data, training: true).Shape.ToArray());
        Assert.Equal(128, model.CountParameters());
        Assert.Contains("'dense'", Assert.Throws<ArgumentException>(() => model.GetLayer("dense_1")).Message, StringComparison.Ordinal);
        var layer = model.Layers[1];
        layer.Trainable = false;
        Assert.Equal(2, layer.Weights.Count);
        Assert.Empty(layer.TrainableWeights);
        var (w, value) = (layer.Weights[1], Tensor.Ones([64]));
        w.Assign(value);
        Assert.Equal(1, w.ToArray<float>()[0]);
    }

    [Fact]
    public void Chains()
    {
        Layer a = new Dense(3), b = new Dense(2), layer = new Dense(1);
        var model = new Sequential(a, b);
        model.Add(layer);
        Assert.Equal([2, 1], model.Apply(Tensor.Ones([2, 5])).Shape.ToArray());
    }

    [Fact]
    public void Graphs()
    {
        SymbolicTensor a = new Input(4), b = new Input(4);
        SymbolicTensor c = new Add().Apply(a, b), d = new Concatenate(axis: -1).Apply(a, b);
        var model = new Model([a, b], [c, d]);
        var x = new[] { Tensor.Ones([2, 4]), Tensor.Ones([2, 4]) };
        Assert.Equal([2, 8], model.PredictAll(x)[1].Shape.ToArray());
        foreach (var layer in new Layer[] { new Multiply(), new Average() }) Assert.Equal(x[0].ToArray<float>(), layer.Apply(x).ToArray<float>());
    }

    [Fact]
    public void Layers()
    {
        Layer[] onPictures =
        [
            new Dense(64, activation: "relu"), new Dense(64, kernelInitializer: "he_normal"), new Dense(64, kernelRegularizer: new L2(1e-4)),
            new Conv2D(32, 3, strides: 2, padding: "same"), new Conv2D(32, (3, 5), dilationRate: 2, groups: 4),
            new DepthwiseConv2D(3, depthMultiplier: 2), new SeparableConv2D(64, 3), new MaxPooling2D(2), new AveragePooling2D(2),
            new GlobalAveragePooling2D(keepDims: true), new GlobalMaxPooling2D(), new BatchNormalization(), new Dropout(0.5), new Flatten(),
            new ZeroPadding2D(((0, 1), (0, 1))), new Activation("gelu"), new ReLU(maxValue: 6), new LeakyReLU(0.1), new Softmax(),
        ];
        foreach (var layer in onPictures) Assert.Equal(2, layer.Apply(Tensor.Ones([2, 12, 12, 4])).Shape[0]);
        Layer[] onSequences =
        [
            new Conv1D(64, 5), new MaxPooling1D(2), new AveragePooling1D(2), new GlobalAveragePooling1D(), new GlobalMaxPooling1D(), new Reshape(28, 28, 1),
            new LSTM(256, returnSequences: true), new GRU(128, dropout: 0.2, recurrentDropout: 0.2), new SimpleRNN(32),
            new Bidirectional(new LSTM(64, returnSequences: true)), new Masking(maskValue: -1), new TimeDistributed(new Dense(8)),
        ];
        foreach (var layer in onSequences) Assert.Equal(2, layer.Apply(Tensor.Ones([2, 28, 28])).Shape[0]);
    }

    [Fact]
    public void Recurrent()
    {
        SymbolicTensor sequences = new Input(7, 1);
        Assert.Equal(3, Applied(sequences).Count);
        var layer = new LSTM(64, stateful: true);
        Tensor x = Tensor.Ones([2, 2, 3]), h = Tensor.Zeros([2, 64]), c = Tensor.Ones([2, 64]);
        var m = Tensor.From(new[,] { { true, false }, { true, true } });
        Assert.Single(layer.ApplyAll(x, initialState: [h, c], mask: m));
        layer.ResetState();

        static IReadOnlyList<SymbolicTensor> Applied(SymbolicTensor x)
        {
            var lstm = new LSTM(64, returnState: true).ApplyAll(x);
            return lstm;
        }

        Layer[] onWords = [new Embedding(10_000, 64, maskZero: true), new RepeatVector(10)];
        foreach (var onWord in onWords) Assert.Equal(3, onWord.Apply(Tensor.Ones([2, 7])).Rank);
    }

    [Fact]
    public void Compiling()
    {
        var model = new Sequential(new Input(4), new Dense(3, activation: "softmax"));
        model.Compile("adam", "mse");
        model.Compile(new Adam(1e-4), "mse", metrics: ["mae"]);
        model.Compile("adam", loss: new CategoricalCrossentropy(fromLogits: true), metrics: [new TopKCategoricalAccuracy(k: 3)], weightedMetrics: ["accuracy"]);
        model.Compile("adam", new CategoricalCrossentropy(labelSmoothing: 0.1));
        model.Compile("adam", (yTrue, yPred) => (yTrue - yPred).Abs().Mean(-1));
        model.Compile("adam", "mse", [Metric.From("off_by", (yTrue, yPred) => (yTrue - yPred).Abs().Mean(-1))]);
        Assert.True(double.IsFinite(model.TrainOnBatch(Tensor.Ones([2, 4]), Tensor.Ones([2, 3]))["off_by"]));
    }

    // Given their defaults one by one, they are what they are with none.
    [Fact]
    public void Optimizers()
    {
        (Optimizer Default, Optimizer Given)[] pairs =
        [
            (new SGD(), new SGD(0.01, momentum: 0, nesterov: false)),
            (new RMSprop(), new RMSprop(0.001, rho: 0.9, momentum: 0, epsilon: 1e-7)),
            (new Adam(), new Adam(0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7)),
            (new AdamW(), new AdamW(0.001, weightDecay: 0.004)),
            (new Adadelta(), new Adadelta(0.001, rho: 0.95, epsilon: 1e-7)),
        ];
        foreach (var (one, other) in pairs)
        {
            Assert.Equal(one.LearningRate.Item<float>(), other.LearningRate.Item<float>());
            Assert.Equal(one.Write().Json.ToJsonString(), other.Write().Json.ToJsonString());
        }
    }

    [Fact]
    public void Fitting()
    {
        using var stop = new CancellationTokenSource();
        var token = stop.Token;
        Tensor x = new RandomGenerator(1).Normal([40, 4]), y = Tensor.From(Enumerable.Range(0, 40).Select(i => i % 3).ToArray());
        var (xv, yv, w) = (x, y, Tensor.Ones([40]));
        var model = new Sequential(new Input(4), new Dense(3, activation: "softmax"));
        model.Compile("sgd", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var history = model.Fit(x, y, batchSize: 128, epochs: 12);
        model.Fit(x, y, validationSplit: 0.1, verbose: Verbose.Silent, callbacks: [new TerminateOnNaN()], shuffle: false);
        model.Fit(x, y, validationData: (xv, yv), verbose: Verbose.Lines, classWeight: new Dictionary<int, double> { [0] = 1, [1] = 10 });
        model.Fit(x, y, verbose: Verbose.Bar, sampleWeight: w, epochs: 4, initialEpoch: 3, cancellationToken: token);
        var dataset = Dataset.From([(x, y), (x, y)]);
        model.Fit(dataset.Take(100));
        Assert.Equal(3, (int)Verbose.Auto);
        Assert.Equal(12, history["loss"].Count);
        Assert.Throws<KeyNotFoundException>(() => history["val_loss"]);
        Assert.Equal(["loss", "accuracy"], model.Evaluate(x, y).Keys);
        Assert.Equal([40, 3], model.Predict(x, batchSize: 32).Shape.ToArray());
        Assert.Single(model.PredictAll(x));
        Assert.NotNull((model.TrainOnBatch(x, y), model.TestOnBatch(x, y), model.PredictOnBatch(x)).Item3);
        model.StopTraining = true;
        model.Optimizer!.LearningRate.Assign([1e-4f]);
        Assert.Equal(1e-4f, model.Optimizer.LearningRate.Item<float>());
    }

    [Fact]
    public void Callbacks()
    {
        var logger = NullLogger.Instance;
        Callback[] callbacks =
        [
            new EarlyStopping(monitor: "val_loss", patience: 3, restoreBestWeights: true),
            new ModelCheckpoint("{epoch:00}-{val_loss:F2}.safetensors", saveBestOnly: true),
            new ReduceLROnPlateau(factor: 0.2, patience: 5, minLearningRate: 1e-5),
            new LearningRateScheduler((epoch, rate) => rate * 0.9),
            new LambdaCallback(onEpochEnd: (epoch, logs) => Console.WriteLine(logs["loss"])),
            new LoggerCallback(logger),
            new Own(),
        ];
        Assert.Equal(7, callbacks.Length);
    }

    private sealed class Own : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs) => Model.StopTraining = logs["loss"] < 0.1;
    }

    [Fact]
    public void Saving()
    {
        var (f, name) = ("weights.safetensors", nameof(RmsNormalization));
        var model = new Sequential(new Input(4), new Dense(3));
        model.Save("m.safetensors");
        Assert.Equal(15, Model.Load("m.safetensors").CountParameters());
        model.SaveWeights(f);
        model.LoadWeights(f);
        Func<Config, Layer> fromConfig = config => new RmsNormalization(config.GetDouble("epsilon"));
        CustomObjects.RegisterLayer(name, fromConfig);
        File.Delete("m.safetensors");
        File.Delete(f);
    }

    [Fact]
    public void Pipelines()
    {
        const string file = "no such file";
        static string[] f(int[] numbers) => [.. numbers.Select(number => $"{number}")];
        var items = Enumerable.Range(0, 40).ToArray();
        var batches = Dataset.From(items)
            .Shuffle(seed: 1).Batch(32).Map(f, parallelism: 4).Prefetch(2);
        Assert.Equal(items, batches.Epoch().SelectMany(batch => batch).Select(int.Parse).Order());
        Assert.Equal(3, new[] { PixelNormalization.TensorFlow, PixelNormalization.Torch, PixelNormalization.Caffe }.Distinct().Count());
        Assert.Equal(1000, MobileNetV2.Create(alpha: 0.5).Outputs[0].Shape[0]);
        Assert.Throws<FileNotFoundException>(() => MobileNetV2.Load(file, includeTop: false, pooling: "avg"));
        Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.List("no photos"));
        Func<object> needFiles = () => (Mnist.Load(), ImageFolder.List("photos"));
        Assert.NotNull(needFiles);
        RandomGenerator.Default.Seed(7);
    }

    [Fact]
    public void Tensors()
    {
        var array = new float[,] { { 1, 2, 3 }, { 4, 5, 6 } };
        Tensor a = Tensor.From(array), b = Tensor.Zeros([2, 3]) + 7, y = Tensor.Arange(10);
        var (value, indices) = (Tensor.Ones([2]), Tensor.From([1, 0]));
        Assert.Equal([10, 10], y.OneHot(10).Shape.ToArray());
        Assert.Equal(15, (a + b * 2).ToArray<float>()[0]);
        Assert.Equal(6, a.ToArray<float>().Length);
        Assert.Equal(DType.Bool, (a > 0).DType);
        Assert.Equal(2, a.Mean(-1, keepDims: true).ToArray<float>()[0]);
        Assert.Equal([2L, 2], a.ArgMax(-1).ToArray<long>());
        Assert.Equal([1f, 4], a[.., 0].ToArray<float>());
        Assert.Equal([2, 2], a[.., 1..3].Shape.ToArray());
        Assert.Equal([2, 6], Tensor.Concatenate([a, b], axis: -1).Shape.ToArray());
        Assert.Equal([2, 2, 3], Tensor.Stack([a, b]).Shape.ToArray());
        Assert.Equal(6, Tensor.Where(a > 0, a, b).ToArray<float>()[5]);
        Assert.Equal(6, a.Cast(DType.Int32).ToArray<int>()[5]);
        Assert.Equal(4, a.Gather(indices).ToArray<float>()[0]);
        Assert.True((a.Exp() + a.Log() + a.Sqrt() + a.Pow(3)).IsFinite().Cast(DType.Int32).Min().Item<int>() == 1);
        Assert.Equal([2, 3], RandomGenerator.Default.Normal([2, 3]).Shape.ToArray());
        Variable[] variables = [new Variable(value)];
        var loss = variables[0].Square().Sum();
        Assert.Equal([2f, 2], Gradient.Of(loss, variables)[0].ToArray<float>());
    }

    [Fact]
    public void Products()
    {
        var step = Function.Compile((a, b) => a.MatMul(b));
        var a = step.Call(Tensor.Ones([1, 3]), Tensor.Ones([3, 1]));
        Assert.Equal(3, a.Item<float>());
        var medium = DefaultMatmulPrecision.Use(MatmulPrecision.Medium);
        Assert.Equal(3, step.Call(Tensor.Ones([1, 3]), Tensor.Ones([3, 1])).Item<float>());
        medium.Dispose();
        a = Tensor.Ones([2, 3, 4]);
        Assert.Equal([2, 4, 3], a.Transpose(0, 2, 1).Shape.ToArray());
        Assert.Equal([12f, 12], a.Sum([1, 2]).ToArray<float>());
        a = Tensor.Ones([2, 28, 28]);
        Assert.Equal([2, 784], a.Reshape(-1, 784).Shape.ToArray());
    }
}
