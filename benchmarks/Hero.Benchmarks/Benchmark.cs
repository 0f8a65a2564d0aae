namespace Hero.Benchmarks;

/// <summary>Something that can be measured by its name.</summary>
/// <param name="Name">What it is asked for by.</param>
/// <param name="Arguments">What it takes, for the help.</param>
/// <param name="Description">What it measures.</param>
/// <param name="Run">Measures and prints; gives the exit code.</param>
/// <param name="NeedsFolder">Whether it measures nothing without a folder of pictures.</param>
internal sealed record Benchmark(string Name, string Arguments, string Description, Func<string[], int> Run, bool NeedsFolder = false)
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new("kernels", "[PART OF A NAME]", "matrix products and convolutions, as a share of the processor's limit", KernelBenchmarks.Run),
        new("dispatch", "[REPETITIONS]", "what a parallel call costs that has nothing to do", DispatchBenchmark.Run),
        new("depthwise", "[BATCH]", "depthwise convolutions of MobileNet v2, forward and gradients", WindowBenchmarks.Depthwise),
        new("pooling", "[BATCH]", "max and average pooling, forward and gradients", WindowBenchmarks.Pooling),
        new("images", "FOLDER", "pictures a second: decoding, resizing, augmenting", ImageBenchmarks.Run, NeedsFolder: true),
        new("features", "FOLDER [TIMES]", "features of the pictures below a folder of class folders: decoding, resizing, MobileNet v2", FeatureBenchmarks.Run, NeedsFolder: true),
        new("mnist-cnn", "[STEPS] [--profile]", "training steps of the MNIST convolutional network, batch 128", NetworkBenchmarks.MnistCnn),
        new("mnist-mlp", "[STEPS] [--profile]", "training steps of the MNIST perceptron 784-512-512-10, batch 128", NetworkBenchmarks.MnistMlp),
        new("small-mlp", "[REPETITIONS]", "training steps and predictions of a perceptron 7-64-1", SmallNetBenchmarks.Mlp),
        new("softmax-regression", "[STEPS] [--profile]", "softmax regression 1280 to 4 on known features, batch 100", SmallNetBenchmarks.SoftmaxRegression),
        new("lstm", "[STEPS] [--profile]", "training steps and single predictions of LSTM(256) on 7 x 1 and LSTM(128) on 100 x 64", RecurrentBenchmarks.Lstm),
        new("startup", "[TIMES]", "from the start of a process to the first value of a small expression and its end", StartupBenchmark.Run),
        new("mobilenet", "[BATCH ...] [--profile]", "MobileNet v2 224 inference", NetworkBenchmarks.MobileNet),
        new("mobilenet-train", "[STEPS] [--profile]", "training steps of MobileNet v2 224, batch 32", NetworkBenchmarks.MobileNetTrain),
        new("resnet", "[STEPS] [--profile]", "training steps of ResNet-20 on 32 x 32 pictures, batch 128", NetworkBenchmarks.ResNet),
    ];

    public static Benchmark? Find(string name) => All.FirstOrDefault(benchmark => benchmark.Name == name);
}
