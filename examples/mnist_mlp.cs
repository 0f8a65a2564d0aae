// A multi-layer perceptron on MNIST: two hidden layers of 256 units. Below 2 % error.
//
//   dotnet run examples/mnist_mlp.cs                              downloads MNIST once
//   dotnet run examples/mnist_mlp.cs -- --data FOLDER             reads the four IDX files from a folder
//   dotnet run examples/mnist_mlp.cs -- --epochs 3 --seed 7
#:project ../src/Hero/Hero.csproj
#:property NoWarn=CA1852

using System.Diagnostics;
using Hero;
using Hero.Datasets;
using Hero.Layers;
using Hero.Losses;
using Hero.Optimizers;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var epochs = int.Parse(Option("--epochs") ?? "20");
RandomGenerator.Default.Seed(long.Parse(Option("--seed") ?? "0"));

var (train, test) = Mnist.Load(Option("--data"));
Tensor xTrain = train.ToImageTensor().Reshape(-1, 784), yTrain = train.ToLabelTensor();
Tensor xTest = test.ToImageTensor().Reshape(-1, 784), yTest = test.ToLabelTensor();

var model = new Sequential(
    new Input(784),
    new Dense(256, activation: "relu"),
    new Dropout(0.2f),
    new Dense(256, activation: "relu"),
    new Dropout(0.2f),
    new Dense(10, activation: "softmax"));
model.Summary();

model.Compile(new Adam(), Losses.SparseCategoricalCrossentropy, metrics: ["accuracy"]);
var clock = Stopwatch.StartNew();
model.Fit(xTrain, yTrain, batchSize: 128, epochs: epochs, validationData: (xTest, yTest));
Console.WriteLine($"Trained {epochs} epochs in {clock.Elapsed.TotalSeconds:F1} s.");

var score = model.Evaluate(xTest, yTest, batchSize: 500);
Console.WriteLine($"Test error: {1 - score["accuracy"]:P2}");
