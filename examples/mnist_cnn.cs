// The classic MNIST network: two convolutions, pooling, dropout, a dense layer. 99.1 % and more after 12 epochs.
//
//   dotnet run examples/mnist_cnn.cs                              downloads MNIST once
//   dotnet run examples/mnist_cnn.cs -- --data FOLDER             reads the four IDX files from a folder
//   dotnet run examples/mnist_cnn.cs -- --epochs 3 --batch-size 64 --seed 7
#:project ../src/Hero/Hero.csproj

using System.Diagnostics;
using Hero;
using Hero.Datasets;
using Hero.Layers;
using Hero.Losses;
using Hero.Optimizers;

const string Usage = "Usage: dotnet run examples/mnist_cnn.cs -- [--data FOLDER] [--epochs NUMBER] [--batch-size NUMBER] [--seed NUMBER]";
string? folder = null;
int epochs = 12, batchSize = 128;
long seed = 1;
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
    Console.Error.WriteLine($"mnist_cnn: cannot use '{string.Join(' ', args.Skip(i).Take(2))}'.\n{Usage}");
    return 2;
}

LabelledImages train, test;
try
{
    (train, test) = Mnist.Load(folder);
}
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"mnist_cnn: {error.Message}");
    return 1;
}
RandomGenerator.Default.Seed(seed); // the same seed gives the same weights, bit by bit
Tensor xTrain = train.ToImageTensor(), yTrain = train.ToOneHotTensor();
Tensor xTest = test.ToImageTensor(), yTest = test.ToOneHotTensor();

var model = new Sequential(
    new Input(28, 28, 1),
    new Conv2D(32, 3, activation: "relu"),
    new Conv2D(64, 3, activation: "relu"),
    new MaxPooling2D(2),
    new Dropout(0.25),
    new Flatten(),
    new Dense(128, activation: "relu"),
    new Dropout(0.5),
    new Dense(10, activation: "softmax"));
model.Summary();

// 1.0 was Keras' default rate for Adadelta when the network was written; today's is 0.001.
model.Compile(new Adadelta(learningRate: 1.0), Losses.CategoricalCrossentropy, metrics: ["accuracy"]);
var clock = Stopwatch.StartNew();
var history = model.Fit(xTrain, yTrain, batchSize: batchSize, epochs: epochs, validationData: (xTest, yTest));
Console.WriteLine($"Trained {epochs} epochs in {clock.Elapsed.TotalSeconds:F1} s; {history.DataWait.Average():P1} of it waiting for data.");

var score = model.Evaluate(xTest, yTest, batchSize: batchSize);
Console.WriteLine($"Test loss: {score["loss"]:F4}");
Console.WriteLine($"Test accuracy: {score["accuracy"]:P2}");
return 0;
