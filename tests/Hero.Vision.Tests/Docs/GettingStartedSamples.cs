using Hero;
using Hero.Callbacks;
using Hero.Data;
using Hero.Layers;
using Hero.Losses;
using Hero.Optimizers;

// As a reader's own program: outside of Hero's namespaces.
namespace Samples;

/// <summary>The code of docs/getting-started.md, run on small data. <see cref="DocumentationTests"/> sees to it that it stays the same.</summary>
public class GettingStartedSamples
{
    [Fact]
    public void First_program()
    {
        // 1,000 points in a square; class 1 are those inside a circle.
        var random = new Random(1);
        var points = new float[1000, 2];
        var classes = new int[1000];
        for (var i = 0; i < 1000; i++)
        {
            var (x, y) = (random.NextSingle() * 2 - 1, random.NextSingle() * 2 - 1);
            (points[i, 0], points[i, 1]) = (x, y);
            classes[i] = x * x + y * y < 0.6 ? 1 : 0;
        }

        var model = new Sequential(
            new Input(2),
            new Dense(32, activation: "relu"),
            new Dense(32, activation: "relu"),
            new Dense(2, activation: "softmax"));
        model.Summary();

        model.Compile(new Adam(learningRate: 0.01), Losses.SparseCategoricalCrossentropy, metrics: ["accuracy"]);
        History history = model.Fit(points, classes, epochs: 20, validationSplit: 0.2);
        Console.WriteLine($"Validation accuracy: {history["val_accuracy"][^1]:P1}");

        Tensor answers = model.Predict(new float[,] { { 0, 0 }, { 0.9f, 0.9f } });
        Console.WriteLine(answers);

        model.Save("circle.safetensors");
        var loaded = Model.Load("circle.safetensors");
        Console.WriteLine(loaded.Evaluate(points, classes));

        Assert.InRange(history["val_accuracy"][^1], 0.9, 1);
        Assert.InRange(loaded.Evaluate(points, classes)["accuracy"], 0.9, 1);
        Assert.True(answers[0, 1].Item<float>() > 0.5 && answers[1, 0].Item<float>() > 0.5);
        File.Delete("circle.safetensors");
    }

    [Fact]
    public void Table_of_numbers()
    {
        var chance = new Random(2);
        File.WriteAllLines("flowers.csv", Enumerable.Range(0, 90).Select(row => FormattableString.Invariant(
            $"{row / 30 + chance.NextDouble()},{10 - row / 30 * 2 + chance.NextDouble()},{(row < 30 ? "iris" : row < 60 ? "rose" : "tulip")}")).Prepend("length,width,species"));

        var table = Csv.Read("flowers.csv");                    // first line: length,width,species
        var x = table.ToTensor("length", "width");
        string[] species = [.. table.Texts("species").Distinct()];
        var y = Tensor.From(table.Texts("species").Select(name => Array.IndexOf(species, name)).ToArray());

        // Such files are often sorted by class: mix the rows before a part of them is kept for validation.
        var order = Enumerable.Range(0, table.RowCount).ToArray();
        new Random(1).Shuffle(order);
        (x, y) = (x.Gather(Tensor.From(order)), y.Gather(Tensor.From(order)));

        // Columns of like size train best: mean 0, standard deviation 1.
        var mean = x.Mean(0);
        var deviation = (x - mean).Square().Mean(0).Sqrt();
        x = (x - mean) / deviation;

        var model = new Sequential(new Input(2), new Dense(16, activation: "relu"), new Dense(species.Length, activation: "softmax"));
        model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var history = model.Fit(x, y, batchSize: 8, epochs: 30, validationSplit: 0.2, verbose: Verbose.Silent);

        Assert.True(history["loss"][^1] < history["loss"][0]);
        File.Delete("flowers.csv");
    }

    [Fact]
    public void Own_training_loop()
    {
        var (model, batches) = (new Sequential(new Input(4), new Dense(8, activation: "tanh"), new Dense(3)), Batches());
        var before = Loss(model, batches);

        var optimizer = new Adam(learningRate: 0.01);
        var loss = new SparseCategoricalCrossentropy(fromLogits: true);
        var step = Function.Compile(
            (x, y) => loss.Apply(y, model.Apply(x, training: true)),
            updates: value => optimizer.Updates(value, model.TrainableWeights));

        for (var epoch = 0; epoch < 10; epoch++)
        {
            Tensor? last = null;
            foreach (var (x, y) in batches.Epoch(epoch)) last = step.Call(x, y);
            Console.WriteLine($"Epoch {epoch + 1}: loss {last!.Item<float>():F4}");
        }

        Assert.True(Loss(model, batches) < before);
    }

    [Fact]
    public void Gradients()
    {
        var model = new Sequential(new Input(4), new Dense(8, activation: "tanh"), new Dense(3));
        var loss = new SparseCategoricalCrossentropy(fromLogits: true);

        var penalized = Function.Compile((x, y) =>
        {
            var value = loss.Apply(y, model.Apply(x, training: true));
            var slope = Gradient.Of(value, x);                       // an expression, like any other
            return value + 0.1 * slope.Square().Sum();               // so it may be a part of the loss
        }, updates: value => new SGD(0.1).Updates(value, model.TrainableWeights));

        var (inputs, targets) = Batches().Epoch().First();
        var before = penalized.Call(inputs, targets).Item<float>();
        for (var i = 0; i < 20; i++) penalized.Call(inputs, targets);
        Assert.True(penalized.Call(inputs, targets).Item<float>() < before);
    }

    [Fact]
    public void Callbacks()
    {
        var (x, y) = Batches().Epoch().First();
        var model = new Sequential(new Input(4), new Dense(3, activation: "softmax"));
        model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);

        model.Fit(x, y, epochs: 100, validationSplit: 0.2, callbacks:
        [
            new EarlyStopping(monitor: "val_loss", patience: 5, restoreBestWeights: true),
            new ModelCheckpoint("best.safetensors", monitor: "val_loss", saveBestOnly: true),
            new TerminateOnNaN(),
        ]);

        Assert.True(File.Exists("best.safetensors"));
        File.Delete("best.safetensors");
    }

    [Fact]
    public void Resuming()
    {
        var (x, y) = Batches().Epoch().First();
        var compiled = new Sequential(new Input(4), new Dense(3, activation: "softmax"));
        compiled.Compile("adam", "sparse_categorical_crossentropy");
        compiled.Fit(x, y, epochs: 2, verbose: Verbose.Silent);
        compiled.Save("interrupted.safetensors");

        var model = Model.Load("interrupted.safetensors");
        model.Fit(x, y, epochs: 10, initialEpoch: model.TrainedEpochs);

        Assert.Equal(10, model.TrainedEpochs);
        File.Delete("interrupted.safetensors");
    }

    private static float Loss(Model model, Dataset<(Tensor X, Tensor Y)> batches)
    {
        var (x, y) = batches.Epoch().First();
        return new SparseCategoricalCrossentropy(fromLogits: true).Apply(y, model.Apply(x)).Item<float>();
    }

    private static Dataset<(Tensor X, Tensor Y)> Batches()
    {
        var generator = new RandomGenerator(3);
        var x = generator.Normal([64, 4]);
        var y = x[.., ..3].ArgMax(-1);
        return Dataset.From([(x, y)]);
    }

    [Fact]
    public void Profile()
    {
        var (x, y) = (new RandomGenerator(1).Uniform([8, 3]), Tensor.Zeros([8, 1]));
        var model = new Sequential(new Input(3), new Dense(1));
        model.Compile("adam", "mse");
        Console.WriteLine(model.ProfileTraining(x, y));     // a training step; ProfilePredicting(x) is the other one
    }
}
