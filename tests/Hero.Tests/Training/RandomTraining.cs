using Hero.Callbacks;
using Hero.Layers;
using Hero.Optimizers;

namespace Hero.Tests.Training;

/// <summary>A random network with random data: which kind, how many examples, how they are batched and weighted.</summary>
internal sealed class RandomTraining
{
    private static readonly string[] Activations = ["relu", "tanh", "sigmoid", "linear", "softplus"];

    private readonly Form form;
    private readonly string loss;
    private readonly int optimizer;
    private readonly int layers;
    private readonly bool hasDropout;

    private enum Form
    {
        Numbers,
        Pictures,
        Sequences,
        Words,
    }

    private RandomTraining(int seed)
    {
        Seed = seed;
        var random = new Random(seed);
        form = (Form)random.Next(4);
        Count = random.Next(4) == 0 ? 1 : random.Next(2, 40);
        BatchSize = random.Next(1, Count + 4);
        loss = (string[])["mse", "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "huber"] is var losses ? losses[random.Next(losses.Length)] : "";
        optimizer = random.Next(5);
        layers = random.Next(1, 3);
        hasDropout = random.Next(2) == 0;
        HasBatchNormalization = random.Next(3) == 0;
        IsMixed = random.Next(3) == 0;
        HasMask = form is Form.Sequences or Form.Words && random.Next(2) == 0;
        HasClasses = loss is "sparse_categorical_crossentropy";
        X = form switch
        {
            Form.Numbers => Numbers(random, [Count, 5]),
            Form.Pictures => Numbers(random, [Count, 7, 6, 2]),
            Form.Sequences => Sequences(random),
            _ => Whole(random, [Count, 6], 9),
        };
        Classes = [.. Enumerable.Range(0, Count).Select(_ => random.Next(3))];
        Y = loss switch
        {
            "sparse_categorical_crossentropy" => Tensor.From(Classes),
            "categorical_crossentropy" => Constant(Tensor.From(Classes).OneHot(3)),
            "binary_crossentropy" => Constant(Tensor.From<int>(Array.ConvertAll(Classes, number => number % 2), [Count, 1]).Cast(DType.Float32)),
            _ => Numbers(random, [Count, 2]),
        };
        // The last example counts, so that there is something to learn in every case.
        if (random.Next(2) == 0) Weights = Tensor.From([.. Enumerable.Range(0, Count).Select(i => i == Count - 1 ? 1f : random.Next(3) == 0 ? 0 : random.Next(1, 9) * 0.25f)]);
    }

    public int Seed { get; }

    public int Count { get; }

    public int BatchSize { get; }

    public Tensor X { get; }

    public Tensor Y { get; }

    public Tensor? Weights { get; }

    public int[] Classes { get; }

    public bool HasClasses { get; }

    public bool HasMask { get; }

    public bool HasBatchNormalization { get; }

    public bool IsMixed { get; }

    public static RandomTraining Make(int seed) => new(seed);

    /// <summary>The network with the same first weights each time.</summary>
    public Sequential Model()
    {
        MixedPrecision.SetGlobalPolicy(IsMixed ? "mixed_bfloat16" : "float32");
        RandomGenerator.Default.Seed(Seed);
        var random = new Random(Seed + 1);
        var list = new List<Layer>();
        switch (form)
        {
            case Form.Numbers:
                list.Add(new Input(5));
                break;
            case Form.Pictures:
                list.AddRange([new Input(7, 6, 2), new Conv2D(random.Next(1, 9), 3, activation: "relu", padding: random.Next(2) == 0 ? "same" : "valid")]);
                if (HasBatchNormalization) list.Add(new BatchNormalization());
                list.AddRange([random.Next(2) == 0 ? new MaxPooling2D(2) : new AveragePooling2D(2), new Flatten()]);
                break;
            case Form.Sequences:
                list.Add(new Input(6, 3));
                if (HasMask) list.Add(new Masking());
                break;
            default:
                list.AddRange([new Input(6), new Embedding(9, 4, maskZero: HasMask)]);
                break;
        }
        if (form is Form.Sequences or Form.Words)
        {
            if (random.Next(2) == 0) list.Add(new GRU(random.Next(1, 9), returnSequences: true, recurrentDropout: hasDropout ? 0.2f : 0));
            list.Add(random.Next(4) switch { 0 => new SimpleRNN(4), 1 => new GRU(5), 2 => new Bidirectional(new LSTM(3)), _ => new LSTM(6, dropout: hasDropout ? 0.3f : 0) });
        }
        for (var i = 0; i < layers; i++)
        {
            list.Add(new Dense(random.Next(1, 20), activation: Activations[random.Next(Activations.Length)], kernelRegularizer: random.Next(3) == 0 ? new Hero.Regularizers.L2(0.01) : null));
            if (HasBatchNormalization && form == Form.Numbers) list.Add(new BatchNormalization());
            if (hasDropout) list.Add(new Dropout(0.3f));
        }
        list.Add(loss switch
        {
            "sparse_categorical_crossentropy" or "categorical_crossentropy" => new Dense(3, activation: "softmax"),
            "binary_crossentropy" => new Dense(1, activation: "sigmoid"),
            _ => new Dense(2),
        });
        var model = new Sequential([.. list]);
        Optimizer chosen = optimizer switch { 0 => new SGD(0.05), 1 => new SGD(0.05, momentum: 0.9, nesterov: true), 2 => new Adam(0.01), 3 => new RMSprop(0.01), _ => new Adadelta(1.0) };
        model.Compile(chosen, loss, metrics: HasClasses ? ["accuracy"] : loss == "mse" ? ["mae"] : []);
        return model;
    }

    public History Fit(
        Model model, int epochs, bool shuffle = true, int initialEpoch = 0, Callback[]? callbacks = null, double validationSplit = 0, Tensor? x = null,
        IReadOnlyDictionary<int, double>? classWeight = null, Tensor? weights = null)
    {
        weights ??= classWeight is null ? Weights : null;
        return model.Fit(x ?? X, Y, BatchSize, epochs, Verbose.Silent, callbacks, validationSplit, null, shuffle, classWeight, weights is null ? null : Samples.FromTensor(weights), initialEpoch);
    }

    /// <summary>One step for each batch of the first examples.</summary>
    public void TrainOnBatches(Model model, int examples)
    {
        for (var at = 0; at < Math.Min(examples, Count); at += BatchSize)
        {
            var rows = at..Math.Min(at + BatchSize, Count);
            model.TrainOnBatch(X[rows], Y[rows], WeightsOf(rows));
        }
    }

    public Samples? WeightsOf(Range rows) => Weights is null ? null : Samples.FromTensor(Weights[rows]);

    /// <summary>The inputs with other numbers in examples that do not count.</summary>
    public Tensor XWithOtherRows()
    {
        var shape = Enumerable.Repeat(1, X.Rank).ToArray();
        shape[0] = Count;
        var counts = (Weights! > 0).Reshape(shape);
        return Constant(Tensor.Where(counts, X, form == Form.Words ? X % Tensor.From(3) : X * 0.5 + 0.25));
    }

    public override string ToString() =>
        $"{form} {loss} optimizer {optimizer}, {Count} examples in batches of {BatchSize}, layers {layers}{(hasDropout ? ", dropout" : "")}{(HasBatchNormalization ? ", batch normalization" : "")}{(HasMask ? ", mask" : "")}{(IsMixed ? ", mixed" : "")}{(Weights is null ? "" : ", weights")}";

    private static Tensor Constant(Tensor value) => Samples.FromTensor(value).Columns[0].ToTensor();

    private static Tensor Numbers(Random random, Shape shape) => Tensor.From<float>([.. Enumerable.Range(0, (int)shape.Size).Select(_ => (float)(random.NextDouble() * 2 - 1))], shape);

    private static Tensor Whole(Random random, Shape shape, int below) => Tensor.From<int>([.. Enumerable.Range(0, (int)shape.Size).Select(_ => random.Next(below))], shape);

    /// <summary>Sequences whose ends are 0, as they are where shorter ones are filled up.</summary>
    private Tensor Sequences(Random random)
    {
        var numbers = Numbers(random, [Count, 6, 3]).ToArray<float>();
        for (var i = 0; i < Count; i++)
            if (HasMask) Array.Clear(numbers, (i * 6 + random.Next(1, 7)) * 3 is var from && from < (i + 1) * 18 ? from : (i + 1) * 18 - 1, Math.Max(0, (i + 1) * 18 - from));
        return Tensor.From<float>(numbers, [Count, 6, 3]);
    }
}
