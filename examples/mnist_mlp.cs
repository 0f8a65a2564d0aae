// A multi-layer perceptron on MNIST: two hidden layers of 256 units. Below 2 % error after 20 epochs.
//
//   dotnet run examples/mnist_mlp.cs                              downloads MNIST once
//   dotnet run examples/mnist_mlp.cs -- --data FOLDER             reads the four IDX files from a folder
//   dotnet run examples/mnist_mlp.cs -- --epochs 3 --batch-size 64 --seed 7
#:project ../src/Hero/Hero.csproj

using System.Diagnostics;
using Hero;
using Hero.Callbacks;
using Hero.Datasets;
using Hero.Layers;
using Hero.Losses;
using Hero.Optimizers;

const string Usage = "Usage: dotnet run examples/mnist_mlp.cs -- [--data FOLDER] [--epochs NUMBER] [--batch-size NUMBER] [--seed NUMBER]";
string? folder = null;
int epochs = 20, batchSize = 128;
long seed = 0;
for (var i = 0; i < args.Length; i += 2)
{
    if (args[i] is "--help" or "-h")
    {
        Console.WriteLine(Usage);
        return 0;
    }
    var value = args.ElementAtOrDefault(i + 1);
    var isRead = args[i] switch
    {
        "--data" => (folder = value) is not null,
        "--epochs" => int.TryParse(value, out epochs) && epochs >= 1,
        "--batch-size" => int.TryParse(value, out batchSize) && batchSize >= 1,
        "--seed" => long.TryParse(value, out seed),
        _ => false,
    };
    if (isRead) continue;
    Console.Error.WriteLine($"mnist_mlp: cannot use '{string.Join(' ', args.Skip(i).Take(2))}'.\n{Usage}");
    return 2;
}

LabelledImages train, test;
try
{
    (train, test) = Mnist.Load(folder);
}
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"mnist_mlp: {error.Message}");
    return 1;
}
RandomGenerator.Default.Seed(seed); // the same seed gives the same weights, bit by bit
Tensor xTrain = train.ToImageTensor().Reshape(-1, 784), yTrain = train.ToLabelTensor();
Tensor xTest = test.ToImageTensor().Reshape(-1, 784), yTest = test.ToLabelTensor();

var model = new Sequential(
    new Input(784),
    new Dense(256, activation: "relu"),
    new Dropout(0.3),
    new Dense(256, activation: "relu"),
    new Dropout(0.3),
    new Dense(10, activation: "softmax"));
model.Summary();

// Smaller and smaller steps: at full size the error jumps up and down to the end.
var slower = new LearningRateScheduler((epoch, rate) => epoch < 5 ? rate : rate * 0.85);
model.Compile(new Adam(), Losses.SparseCategoricalCrossentropy, metrics: ["accuracy"]);
var clock = Stopwatch.StartNew();
var history = model.Fit(xTrain, yTrain, batchSize: batchSize, epochs: epochs, validationData: (xTest, yTest), callbacks: [slower]);
Console.WriteLine($"Trained {epochs} epochs in {clock.Elapsed.TotalSeconds:F1} s; {history.DataWait.Average():P1} of it waiting for data.");

var score = model.Evaluate(xTest, yTest, batchSize: 500);
Console.WriteLine($"Test error: {1 - score["accuracy"]:P2}");
return 0;
