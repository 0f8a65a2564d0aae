namespace Hero.Vision.Retraining;

/// <summary>
/// What retraining is to do: the options of <c>hero retrain</c>. Names, meanings and defaults are those of
/// TensorFlow's retrain.py where it has them.
/// </summary>
public sealed record RetrainOptions
{
    /// <summary>The value of <see cref="Base"/> that asks for a small network trained from scratch.</summary>
    public const string NoBase = "none";

    /// <summary>The optimizers there are.</summary>
    public static IReadOnlyList<string> Optimizers { get; } = ["sgd", "rmsprop", "adam", "adamw", "adadelta"];

    /// <summary>The folder with one sub-folder of pictures per class.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the trained model goes: one .safetensors file with the base, the head, the labels and the preprocessing.</summary>
    public string Output { get; init; } = "retrained.safetensors";

    /// <summary>
    /// The network whose features are used: a .safetensors file, or <see cref="NoBase"/>. When null, the one that
    /// is found beside the user, otherwise none.
    /// </summary>
    public string? Base { get; init; }

    /// <summary>Training steps, each with one batch; when null 4,000 on a base, from scratch as many as go over the pictures 60 times (300 .. 4,000).</summary>
    public int? Steps { get; init; }

    /// <summary>The step size; when null 0.01 for "sgd", 0.005 from scratch, and the optimizer's own default (0.001) for others.</summary>
    public double? LearningRate { get; init; }

    /// <summary>"sgd", "rmsprop", "adam", "adamw" or "adadelta"; when null "sgd" on a frozen base, "adam" from scratch.</summary>
    public string? Optimizer { get; init; }

    /// <summary>Pictures in a training step.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Pictures in each validation, drawn at random; 0 or less takes all of them.</summary>
    public int ValidationBatchSize { get; init; } = 100;

    /// <summary>Steps from one printed line (and validation) to the next.</summary>
    public int EvalInterval { get; init; } = 10;

    /// <summary>How many pictures of 100 are kept for the final test.</summary>
    public double TestingPercentage { get; init; } = 10;

    /// <summary>How many pictures of 100 are kept for validation.</summary>
    public double ValidationPercentage { get; init; } = 10;

    /// <summary>A text put before "label/file name" when a picture's part is decided; another text gives another split.</summary>
    public string SplitSalt { get; init; } = "";

    /// <summary>A CSV file (file, label, group) of pictures that must stay on one side of the split.</summary>
    public string? Groups { get; init; }

    /// <summary>Half of the training pictures, drawn anew each time, are mirrored.</summary>
    public bool FlipLeftRight { get; init; }

    /// <summary>Percent of the picture that a random crop may leave out, 0 .. 90.</summary>
    public double RandomCrop { get; init; }

    /// <summary>Percent by which a picture may be enlarged at random.</summary>
    public double RandomScale { get; init; }

    /// <summary>Percent by which a picture may be made brighter or darker at random, 0 .. 100.</summary>
    public double RandomBrightness { get; init; }

    /// <summary>After the head, trains the whole network with a small step size, mirrored and shifted pictures.</summary>
    public bool FineTune { get; init; }

    /// <summary>How often fine-tuning goes over all training pictures.</summary>
    public int FineTuneEpochs { get; init; } = 1;

    /// <summary>The step size of fine-tuning (AdamW).</summary>
    public double FineTuneLearningRate { get; init; } = 2e-4;

    /// <summary>Where the features of pictures are kept between runs; when null, in the user's cache folder.</summary>
    public string? Cache { get; init; }

    /// <summary>A folder for the curves (curves.csv) and the report (report.json); none when null.</summary>
    public string? Logs { get; init; }

    /// <summary>Steps from one saved state to the next, from which <see cref="Resume"/> goes on; 0: only when stopped.</summary>
    public int SaveEvery { get; init; }

    /// <summary>Goes on from the saved state of a stopped run; the result is the same, bit by bit, as without the stop.</summary>
    public bool Resume { get; init; }

    /// <summary>The same seed gives the same model.</summary>
    public long Seed { get; init; }

    /// <summary>True when training pictures are changed at random, so that their features cannot be kept.</summary>
    internal bool Distorts => FlipLeftRight || RandomCrop > 0 || RandomScale > 0 || RandomBrightness > 0;

    /// <summary>Checks what can be checked without looking at a file.</summary>
    /// <exception cref="ArgumentException">An option is outside its range; the message names it, the range and the value.</exception>
    public void Validate()
    {
        Check(!string.IsNullOrWhiteSpace(Folder), "the folder of pictures", "a path", Folder);
        Check(!string.IsNullOrWhiteSpace(Output), "--output", "a file name", Output);
        Check(Steps is null or >= 1, "--steps", "at least 1", Steps);
        Check(LearningRate is null or (> 0 and <= 1e6), "--learning-rate", "more than 0", LearningRate);
        Check(Optimizer is null || Optimizers.Contains(Optimizer), "--optimizer", string.Join(", ", Optimizers), Optimizer);
        Check(BatchSize >= 1, "--batch-size", "at least 1", BatchSize);
        Check(ValidationBatchSize is -1 or >= 1, "--validation-batch-size", "at least 1, or -1 for all", ValidationBatchSize);
        Check(EvalInterval >= 1, "--eval-interval", "at least 1", EvalInterval);
        Check(TestingPercentage is >= 0 and < 100, "--testing-percentage", "0 or more and below 100", TestingPercentage);
        Check(ValidationPercentage is >= 0 and < 100, "--validation-percentage", "0 or more and below 100", ValidationPercentage);
        Check(TestingPercentage + ValidationPercentage < 100, "--testing-percentage and --validation-percentage", "together below 100, something must train",
            TestingPercentage + ValidationPercentage);
        Check(RandomCrop is >= 0 and <= 90, "--random-crop", "percent from 0 to 90", RandomCrop);
        Check(RandomScale is >= 0 and <= 100, "--random-scale", "percent from 0 to 100", RandomScale);
        Check(RandomBrightness is >= 0 and <= 100, "--random-brightness", "percent from 0 to 100", RandomBrightness);
        Check(FineTuneEpochs >= 1, "--fine-tune-epochs", "at least 1", FineTuneEpochs);
        Check(FineTuneLearningRate is > 0 and <= 1, "--fine-tune-rate", "more than 0, at most 1", FineTuneLearningRate);
        Check(SaveEvery >= 0, "--save-every", "0 or more", SaveEvery);
        Check(!(FineTune && Base == NoBase), "--fine-tune", "a base network to tune; training from scratch trains all layers anyway", "--base none");
    }

    private static void Check(bool fits, string option, string expected, object? got)
    {
        if (!fits) throw new ArgumentException(FormattableString.Invariant($"{option}: expected {expected}, got {(got is null or "" ? "nothing" : got)}."));
    }
}
