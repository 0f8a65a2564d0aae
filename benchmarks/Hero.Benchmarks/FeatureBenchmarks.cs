using Hero.Data;
using Hero.Vision.Applications;
using Hero.Vision.Retraining;

namespace Hero.Benchmarks;

/// <summary>The first part of <c>hero retrain</c>: the features of a folder of pictures, nothing known from earlier runs. Random weights.</summary>
internal static class FeatureBenchmarks
{
    public static int Run(string[] args)
    {
        var files = ImageFolder.List(Arguments.Folder(args)).Files;
        var features = MobileNetV2.Create(includeTop: false, pooling: "avg", seed: 1);
        var input = new PictureInput(MobileNetV2.DefaultSize, MobileNetV2.DefaultSize, MobileNetV2.Normalization);
        var network = new BaseModel("random weights", features, input, "benchmark");
        Figure.Time("features of a folder", "s", 1, Arguments.Number(args, 1, 3), () =>
        {
            var folder = Directory.CreateTempSubdirectory("hero-features").FullName;
            try
            {
                using var cache = BottleneckCache.Open(folder, network.Identity, features.Outputs[0].Shape[0]);
                Bottlenecks.Of(files, network, cache, new Messages(), CancellationToken.None);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }, $"{files.Count} pictures, {Threads.Count} threads");
        return 0;
    }

    private sealed class Messages : IProgress<RetrainProgress>
    {
        public void Report(RetrainProgress value)
        {
            if (value is RetrainMessage message) Console.WriteLine($"    {message.Text}");
        }
    }
}
