using Hero;
using Hero.Data;
using Hero.Layers;
using Hero.Optimizers;
using Hero.Testing;
using Hero.Vision;
using Hero.Vision.Applications;
using Hero.Vision.Retraining;

namespace Samples;

/// <summary>The code about pictures in docs/getting-started.md, run on drawn ones.</summary>
public sealed class PictureSamples : IDisposable
{
    public PictureSamples() => SampleSet.Write("photos", perClass: 8, size: 48);

    public void Dispose() => Directory.Delete("photos", recursive: true);

    [Fact]
    public void Folder_of_pictures()
    {
        const int Size = 32;
        var folder = ImageFolder.List("photos");
        (Tensor X, Tensor Y) Read(ImageFile[] files)
        {
            var pixels = new float[files.Length * Size * Size * 3];
            for (var i = 0; i < files.Length; i++)
                Image.Load(files[i].Path).ResizeTo(pixels.AsSpan(i * Size * Size * 3), Size, Size, PixelNormalization.ZeroToOne);
            return (Tensor.From<float>(pixels, [files.Length, Size, Size, 3]), Tensor.From(files.Select(file => file.ClassIndex).ToArray()));
        }

        var files = Dataset.From(folder.Files).Shuffle(seed: 1, reshuffleEachEpoch: false);
        var kept = folder.Files.Count / 5;
        var training = files.Skip(kept).Shuffle(seed: 2).Batch(32).Map(Read, parallelism: 4).Prefetch();
        var validation = files.Take(kept).Batch(32).Map(Read, parallelism: 4).Prefetch();

        var model = new Sequential(
            new Input(Size, Size, 3),
            new Conv2D(16, 3, activation: "relu"), new MaxPooling2D(2),
            new Conv2D(32, 3, activation: "relu"), new MaxPooling2D(2),
            new Flatten(), new Dropout(0.3),
            new Dense(folder.Classes.Count, activation: "softmax"));
        model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var history = model.Fit(training, epochs: 2, validationData: validation);

        Assert.All(history["loss"], loss => Assert.True(double.IsFinite(loss)));
            }

    [SkippableFact]
    public void Transfer_learning()
    {
        File.Copy(SharedData.Require("mobilenet_v2", "mobilenet_v2_1.0_224.safetensors"), "mobilenet_v2.safetensors", overwrite: true);
        const int Size = 96;
        var folder = ImageFolder.List("photos");
        (Tensor X, Tensor Y) Read(ImageFile[] files)
        {
            var pixels = new float[files.Length * Size * Size * 3];
            for (var i = 0; i < files.Length; i++)
                Image.Load(files[i].Path).ResizeTo(pixels.AsSpan(i * Size * Size * 3), Size, Size, MobileNetV2.Normalization);
            return (Tensor.From<float>(pixels, [files.Length, Size, Size, 3]), Tensor.From(files.Select(file => file.ClassIndex).ToArray()));
        }
        var files = Dataset.From(folder.Files).Shuffle(seed: 1, reshuffleEachEpoch: false);
        var (training, validation) = (files.Skip(8).Shuffle(seed: 2).Batch(8).Map(Read), files.Take(8).Batch(8).Map(Read));

        var features = MobileNetV2.Load("mobilenet_v2.safetensors", inputShape: [Size, Size, 3], includeTop: false, pooling: "avg");
        features.Trainable = false;
        var model = new Sequential(
            features,
            new Dropout(0.2),
            new Dense(folder.Classes.Count, activation: "softmax"));
        model.Compile(new Adam(learningRate: 0.001), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        model.Fit(training, epochs: 5, validationData: validation);

        features.Trainable = true;                                    // then all layers, in small steps
        model.Compile(new Adam(learningRate: 1e-5), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        model.Fit(training, epochs: 2, validationData: validation);

        Assert.InRange(model.Evaluate(training)["accuracy"], 0.5, 1);
        File.Delete("mobilenet_v2.safetensors");
    }

    [Fact]
    public void Retraining_from_code()
    {
        var options = new RetrainOptions { Folder = "photos", Base = RetrainOptions.NoBase, Steps = 30 };
        var result = new RetrainJob(options).Run();
        Console.WriteLine($"{result.Test.Accuracy:P1} of {result.Test.Count} pictures");

        var classifier = PictureClassifier.Load(result.Model);
        foreach (var (label, probability) in classifier.Predict("photos/cat/cat-000.png")) Console.WriteLine($"{label}: {probability:P1}");

        Assert.Equal(Characters, classifier.Labels);
        File.Delete(result.Model);
    }

    private static readonly string[] Characters = ["cat", "owl", "robot", "snowman"];
}
