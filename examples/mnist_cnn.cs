// The classic MNIST network: two convolutions, pooling, dropout, a dense layer. 99.1 % and more after 12 epochs.
//
//   dotnet run examples/mnist_cnn.cs                              downloads MNIST once
//   dotnet run examples/mnist_cnn.cs -- --data FOLDER             reads the four IDX files from a folder
//   dotnet run examples/mnist_cnn.cs -- --epochs 3 --seed 7
#:project ../src/Hero/Hero.csproj
#:property NoWarn=CA1852

using System.Diagnostics;
using Hero;
using Hero.Datasets;
using Hero.Layers;
using Hero.Losses;
using Hero.Optimizers;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var epochs = int.Parse(Option("--epochs") ?? "12");
RandomGenerator.Default.Seed(long.Parse(Option("--seed") ?? "0"));

var (train, test) = Mnist.Load(Option("--data"));
Tensor xTrain = train.ToImageTensor(), yTrain = train.ToOneHotTensor();
Tensor xTest = test.ToImageTensor(), yTest = test.ToOneHotTensor();

var model = new Sequential(
    new Input(28, 28, 1),
    new Conv2D(32, 3, activation: "relu"),
    new Conv2D(64, 3, activation: "relu"),
    new MaxPooling2D(2),
    new Dropout(0.25f),
    new Flatten(),
    new Dense(128, activation: "relu"),
    new Dropout(0.5f),
    new Dense(10, activation: "softmax"));
model.Summary();

// 1.0 was Keras' default rate for Adadelta when the network was written; today's is 0.001.
model.Compile(new Adadelta(learningRate: 1.0), Losses.CategoricalCrossentropy, metrics: ["accuracy"]);
var clock = Stopwatch.StartNew();
model.Fit(xTrain, yTrain, batchSize: 128, epochs: epochs, validationData: (xTest, yTest));
Console.WriteLine($"Trained {epochs} epochs in {clock.Elapsed.TotalSeconds:F1} s.");

var score = model.Evaluate(xTest, yTest, batchSize: 500);
Console.WriteLine($"Test loss: {score["loss"]:F4}");
Console.WriteLine($"Test accuracy: {score["accuracy"]:P2}");
