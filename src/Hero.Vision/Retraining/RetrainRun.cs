using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hero.Data;
using Hero.Optimizers;

namespace Hero.Vision.Retraining;

/// <summary>One run of a <see cref="RetrainJob"/>: what it has found, read and trained so far.</summary>
internal sealed class RetrainRun
{
    private const string TrainingWork = "Training", FineTuningWork = "Fine-tuning";
    private const int FineTuneBatch = 32;

    private readonly RetrainOptions options;
    private readonly IProgress<RetrainProgress>? progress;
    private readonly CancellationToken cancellationToken;
    private readonly IReadOnlyList<ImageFile> files;
    private readonly PictureSplit split;
    private readonly BaseModel? network;
    private readonly Bottlenecks? bottlenecks;
    private readonly PictureStore store;
    private readonly IReadOnlyList<SkippedFile> skipped;
    private readonly int steps;
    private HeadTraining? head;
    private NetworkTraining? pictures;

    /// <summary>Reads the pictures: as features where a base is frozen, else as they are.</summary>
    public RetrainRun(RetrainOptions options, ImageFolder folder, PictureSplit split, IProgress<RetrainProgress>? progress, CancellationToken cancellationToken)
    {
        (this.options, this.progress, this.cancellationToken, files) = (options, progress, cancellationToken, folder.Files);
        network = LoadBase();
        var input = network?.Input ?? SmallNetwork.Input;
        store = new PictureStore(files, input, (1 + options.RandomCrop / 100) * (1 + options.RandomScale / 100));
        if (network is not null && !options.Distorts)
        {
            using var cache = BottleneckCache.Open(options.Cache ?? UserFolders.Bottlenecks, network.Identity, network.Features.Outputs[0].Shape[0]);
            bottlenecks = Bottlenecks.Of(files, network, cache, progress, cancellationToken);
            skipped = bottlenecks.Skipped;
        }
        else skipped = store.ReadAll(progress, cancellationToken);
        this.split = RetrainPictures.WithoutSkipped(split, skipped, progress);
        steps = options.Steps ?? (network is not null ? 4000 : Math.Clamp(60 * this.split[DataPart.Training].Count / options.BatchSize, 300, 4000));
        Network = PictureNetwork.Create(network?.Features ?? SmallNetwork.Create(options.Seed), input, folder.Classes, options.Seed);
    }

    /// <summary>What is trained.</summary>
    public PictureNetwork Network { get; }

    /// <summary>Steps of the first training that are done.</summary>
    public int Steps { get; private set; }

    public bool Stopped { get; private set; }

    /// <summary>Trains the head or the small network, then the whole if asked to.</summary>
    public void Train(CurveLog curves)
    {
        var state = new RetrainState(RetrainState.PathFor(options.Output), Fingerprint());
        var saved = options.Resume && state.Exists ? state.Work() : null;
        if (options.Resume && saved is null)
            progress?.Report(new RetrainWarning($"There is no saved state beside '{options.Output}' to go on from; starting from the beginning."));
        var loop = new TrainingLoop(options, state, curves, progress, cancellationToken);
        if (saved == FineTuningWork) Steps = steps;
        else
        {
            var first = FirstWork();
            Steps = loop.Run(first, saved is not null);
            Stopped = Steps < first.Steps;
        }
        if (options.FineTune && !Stopped)
        {
            var work = FineTuning();
            progress?.Report(new RetrainMessage($"Fine-tuning the whole network: {work.Steps:N0} steps of {FineTuneBatch} pictures."));
            Stopped = loop.Run(work, saved == FineTuningWork) < work.Steps;
            head = null; // the features it knows are not the network's any more
        }
        if (!Stopped) state.Delete();
    }

    /// <summary>Tests on the pictures kept aside. A stopped run is tested only where that takes no time.</summary>
    public ClassificationReport Test()
    {
        var testing = split[DataPart.Testing];
        var labels = Network.Labels;
        var probabilities = head is { } known ? known.Test()
            : Stopped ? null
            : Pictures().Evaluator.Predict(testing, done => progress?.Report(new RetrainAdvance("Testing", done, testing.Count, 0)));
        if (probabilities is null) return new ClassificationReport(labels, [], []);
        var predicted = testing.Select((_, i) => Verdict.BestOf(probabilities.AsSpan(i * labels.Count, labels.Count))).ToArray();
        var wrong = Enumerable.Range(0, testing.Count).Where(i => predicted[i] != testing[i].ClassIndex)
            .Select(i => new Misclassified(testing[i].Path, testing[i].Label, labels[predicted[i]], probabilities[i * labels.Count + predicted[i]]));
        return new ClassificationReport(labels, [.. testing.Select(file => file.ClassIndex)], predicted, [.. wrong]);
    }

    public RetrainResult Result(OutputFile output, ClassificationReport test, (double Reading, double Training, double Total) seconds) => new()
    {
        Model = output.Path,
        OutputError = output.Error,
        Labels = Network.Labels,
        Pictures = (split[DataPart.Training].Count, split[DataPart.Validation].Count, split[DataPart.Testing].Count),
        Test = test,
        Base = network?.File ?? RetrainOptions.NoBase,
        Steps = Steps,
        Stopped = Stopped,
        Skipped = skipped,
        Seconds = seconds,
    };

    private BaseModel? LoadBase()
    {
        var path = options.Base ?? BaseModels.Find();
        if (path is not (null or RetrainOptions.NoBase))
        {
            var loaded = BaseModels.Load(path);
            progress?.Report(new RetrainMessage($"Base: {path} ({loaded.Features.Outputs[0].Shape[0]:N0} features, pictures of {loaded.Input.Width} x {loaded.Input.Height})."));
            return loaded;
        }
        if (options.FineTune)
            throw new InvalidDataException("--fine-tune needs a base network: none was found. Give one with --base FILE.");
        progress?.Report(new RetrainMessage(options.Base is null
            ? $"No pre-trained base was found: training a small network from scratch. With few pictures a base is much better: give one with --base FILE (MobileNet v2 as .safetensors), name it in {BaseModels.Variable}, or put it into {UserFolders.Models}."
            : "Training a small network from scratch."));
        return null;
    }

    private TrainingWork FirstWork()
    {
        if (bottlenecks is not null)
        {
            head = new HeadTraining(options, Network, files, bottlenecks, split);
            return head.Work(Optimizer("sgd"), steps);
        }
        var changes = new Augmentation
        {
            FlipLeftRight = options.FlipLeftRight,
            RandomCrop = (float)options.RandomCrop,
            RandomScale = (float)options.RandomScale,
            RandomBrightness = (float)options.RandomBrightness,
            Seed = options.Seed,
        };
        if (network is not null)
            return Pictures().Work(TrainingWork, steps, options.BatchSize, isBaseFrozen: true, changes, Optimizer("sgd"), schedule: null);
        // From scratch: what is the same to us should be the same to the network.
        changes = changes with { FlipLeftRight = true, HorizontalShift = 0.08f, VerticalShift = 0.08f, RandomBrightness = Math.Max(changes.RandomBrightness, 15) };
        return Pictures().Work(TrainingWork, steps, options.BatchSize, isBaseFrozen: false, changes, Optimizer("adam"), Cosine(steps));
    }

    private TrainingWork FineTuning()
    {
        var training = split[DataPart.Training].Count;
        var steps = options.FineTuneEpochs * ((training + FineTuneBatch - 1) / FineTuneBatch);
        var changes = new Augmentation { FlipLeftRight = true, HorizontalShift = 0.1f, VerticalShift = 0.1f, RandomBrightness = (float)options.RandomBrightness, Seed = options.Seed };
        var optimizer = new AdamW(options.FineTuneLearningRate, weightDecay: 0.01);
        return Pictures().Work(FineTuningWork, steps, Math.Min(FineTuneBatch, training), isBaseFrozen: false, changes, optimizer, Cosine(steps));
    }

    private NetworkTraining Pictures() => pictures ??= new NetworkTraining(options, Network, split, store, files);

    private Optimizer Optimizer(string standard)
    {
        var name = options.Optimizer ?? standard;
        Optimizer optimizer = name;
        if ((options.LearningRate ?? (name == "sgd" ? 0.01 : network is null ? 0.005 : null)) is { } rate) optimizer.LearningRate.Assign(Tensor.From((float)rate));
        return optimizer;
    }

    // A few small steps first, for the optimizer's averages to form; then ever smaller ones (Loshchilov and Hutter 2016).
    private static Func<int, double> Cosine(int steps)
    {
        var warm = Math.Min(20, steps / 10);
        return step => step < warm ? (step + 1.0) / (warm + 1) : 0.5 * (1 + Math.Cos(Math.PI * (step - warm) / Math.Max(1, steps - warm)));
    }

    private string Fingerprint()
    {
        var names = string.Join('\n', split[DataPart.Training].Select(file => $"{file.Label}/{file.FileName}"));
        var pictures = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names)).AsSpan(0, 6));
        return string.Create(CultureInfo.InvariantCulture,
            $"{split[DataPart.Training].Count} pictures {pictures}, {string.Join(' ', split.Classes.Count)} classes, base {network?.Identity[..12] ?? "none"}, seed {options.Seed}, batch {options.BatchSize}, " +
            $"optimizer {options.Optimizer ?? "default"}, rate {options.LearningRate?.ToString(CultureInfo.InvariantCulture) ?? "default"}, flip {options.FlipLeftRight}, crop {options.RandomCrop}, " +
            $"scale {options.RandomScale}, brightness {options.RandomBrightness}, fine-tune rate {options.FineTuneLearningRate}");
    }
}
