using Hero.Layers;
using Hero.Testing;
using Hero.Vision.Retraining;

namespace Hero.Vision.Tests.Retraining;

/// <summary>Small sets of pictures, a small base, and a job on them: everything in a folder of its own.</summary>
internal sealed class RetrainFixture : IDisposable, IProgress<RetrainProgress>
{
    public static readonly string[] Colors = ["blue", "green", "red"];
    private readonly TemporaryFolder folder = new();

    public List<string> Messages { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<RetrainFigures> Figures { get; } = [];

    /// <summary>Called with every report.</summary>
    public Action<RetrainProgress>? OnReport { get; set; }

    public string Pictures => folder.File("pictures");

    public string Cache => folder.File("cache");

    public string File(params string[] parts) => folder.File(parts);

    public RetrainOptions Options => new()
    {
        Folder = Pictures, Output = File("model.safetensors"), Cache = Cache, Base = File("base.safetensors"),
        Steps = 60, BatchSize = 12, EvalInterval = 20, LearningRate = 0.5, TestingPercentage = 20, ValidationPercentage = 15,
    };

    /// <summary>From scratch, as few steps as will do to go through everything.</summary>
    public RetrainOptions Scratch => Options with { Base = RetrainOptions.NoBase, Steps = 6, BatchSize = 8, EvalInterval = 2, LearningRate = null };

    /// <summary>Pictures of one colour each, more or less, with noise and a dark spot.</summary>
    public RetrainFixture Draw(int perClass = 24)
    {
        for (var color = 0; color < Colors.Length; color++)
        {
            Directory.CreateDirectory(folder.File("pictures", Colors[color]));
            for (var number = 0; number < perClass; number++) DrawOne(color, number).SavePng(folder.File("pictures", Colors[color], $"{Colors[color]}{number}.png"));
        }
        return this;
    }

    public static Image DrawOne(int color, int number)
    {
        var (random, image) = (new Random(color * 1000 + number), new Image(20, 24));
        var (x0, y0) = (random.Next(20), random.Next(24));
        for (var y = 0; y < 24; y++)
            for (var x = 0; x < 20; x++)
                for (var c = 0; c < 3; c++)
                    image[y, x, c] = (byte)((c == 2 - color ? 170 : 60) + random.Next(60) - (Math.Abs(x - x0) + Math.Abs(y - y0) < 6 ? 50 : 0));
        return image;
    }

    /// <summary>A network of one convolution whose weights are random: enough to tell colours.</summary>
    public RetrainFixture WithBase()
    {
        var input = new Input(16, 16, 3);
        var maps = new Conv2D(8, 3, 2, "same", activation: "relu", kernelInitializer: new Initializers.HeNormal(3)).Apply(input);
        new Model(input, maps).Save(File("base.safetensors"));
        return this;
    }

    public RetrainResult Run(RetrainOptions options, CancellationToken cancellationToken = default) => new RetrainJob(options, this).Run(cancellationToken);

    /// <summary>Runs and stops when a step's figures are reported, as Ctrl-C would.</summary>
    public RetrainResult RunUntil(RetrainOptions options, Func<RetrainFigures, bool> stop)
    {
        using var source = new CancellationTokenSource();
        OnReport = report =>
        {
            if (report is RetrainFigures figures && stop(figures)) source.Cancel();
        };
        var result = Run(options, source.Token);
        OnReport = null;
        return result;
    }

    public void Report(RetrainProgress value)
    {
        if (value is RetrainMessage message) Messages.Add(message.Text);
        if (value is RetrainWarning warning) Warnings.Add(warning.Text);
        if (value is RetrainFigures figures) Figures.Add(figures);
        OnReport?.Invoke(value);
    }

    public void Dispose() => folder.Dispose();
}
