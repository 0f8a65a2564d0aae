using System.CommandLine;
using Hero.Cli.Output;
using Hero.Vision.Retraining;

namespace Hero.Cli.Commands;

/// <summary><c>hero retrain FOLDER</c>: options to a <see cref="RetrainOptions"/>, a job, its report.</summary>
internal static class RetrainCommand
{
    public const string Name = "retrain";

    private static readonly RetrainOptions Defaults = new() { Folder = "" };

    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("FOLDER") { Description = "A folder with one sub-folder of pictures (JPEG, PNG, BMP) per class." };
        var command = new Command(Name, "Train a classifier on a folder of pictures.") { folder };

        var output = Add("--output", Defaults.Output, "Where the trained model goes.", "FILE");
        var baseFile = AddText("--base", "The pre-trained network to build on: a .safetensors file, or 'none' to train a small one from scratch. " +
            "Default: HERO_BASE or the one in the user's hero folder, otherwise none.", "FILE|none");
        var steps = AddNumber<int>("--steps", "Training steps. Default: 4000 on a base; from scratch, 60 times over the pictures.");
        var learningRate = AddNumber<double>("--learning-rate", "Step size. Default: 0.01 for sgd; from scratch 0.005; else the optimizer's own.");
        var optimizer = AddText("--optimizer", $"{string.Join(", ", RetrainOptions.Optimizers)}. Default: sgd on a base, adam from scratch.", "NAME");
        var batchSize = Add("--batch-size", Defaults.BatchSize, "Pictures in a step.");
        var validationBatchSize = Add("--validation-batch-size", Defaults.ValidationBatchSize, "Pictures in each validation; -1 takes all.");
        var evalInterval = Add("--eval-interval", Defaults.EvalInterval, "Steps from one printed line to the next.");
        var testing = Add("--testing-percentage", Defaults.TestingPercentage, "Pictures of 100 kept for the final test.");
        var validation = Add("--validation-percentage", Defaults.ValidationPercentage, "Pictures of 100 kept for validation.");
        var salt = Add("--split-salt", Defaults.SplitSalt, "A text that changes which pictures are kept for what.", "TEXT");
        var groups = AddText("--groups", "A CSV file (file,label,group): the pictures of a group stay on one side of the split.", "FILE");
        var flip = Add("--flip-left-right", false, "Mirror half of the training pictures at random.");
        var crop = Add("--random-crop", Defaults.RandomCrop, "Percent of a margin cut off at random from training pictures.");
        var scale = Add("--random-scale", Defaults.RandomScale, "Percent by which training pictures are enlarged at random.");
        var brightness = Add("--random-brightness", Defaults.RandomBrightness, "Percent by which training pictures are made brighter or darker at random.");
        var fineTune = Add("--fine-tune", false, "Then train the whole network with a small step size: slower, more accurate.");
        var epochs = Add("--fine-tune-epochs", Defaults.FineTuneEpochs, "How often fine-tuning goes over the training pictures.");
        var rate = Add("--fine-tune-rate", Defaults.FineTuneLearningRate, "Step size of fine-tuning (AdamW).");
        var misclassified = Add("--print-misclassified", false, "Name the test pictures that were taken for another class.");
        var saveEvery = Add("--save-every", Defaults.SaveEvery, "Steps from one saved state to the next; 0: only when stopped.");
        var resume = Add("--resume", false, "Go on from the saved state of a stopped run.");
        var cache = AddText("--cache", "Where features of pictures are kept for the next run. Default: the user's cache folder.", "DIR");
        var logs = AddText("--logs", "Write curves.csv and report.json there.", "DIR");
        var seed = Add("--seed", Defaults.Seed, "The same seed gives the same model.");
        var json = Add("--json", false, "Print the report as JSON.");

        command.SetAction((parsed, token) => Task.FromResult(Run(
            new RetrainOptions
            {
                Folder = parsed.GetRequiredValue(folder),
                Output = parsed.GetRequiredValue(output),
                Base = parsed.GetValue(baseFile),
                Steps = parsed.GetValue(steps),
                LearningRate = parsed.GetValue(learningRate),
                Optimizer = parsed.GetValue(optimizer),
                BatchSize = parsed.GetValue(batchSize),
                ValidationBatchSize = parsed.GetValue(validationBatchSize),
                EvalInterval = parsed.GetValue(evalInterval),
                TestingPercentage = parsed.GetValue(testing),
                ValidationPercentage = parsed.GetValue(validation),
                SplitSalt = parsed.GetRequiredValue(salt),
                Groups = parsed.GetValue(groups),
                FlipLeftRight = parsed.GetValue(flip),
                RandomCrop = parsed.GetValue(crop),
                RandomScale = parsed.GetValue(scale),
                RandomBrightness = parsed.GetValue(brightness),
                FineTune = parsed.GetValue(fineTune),
                FineTuneEpochs = parsed.GetValue(epochs),
                FineTuneLearningRate = parsed.GetValue(rate),
                SaveEvery = parsed.GetValue(saveEvery),
                Resume = parsed.GetValue(resume),
                Cache = parsed.GetValue(cache),
                Logs = parsed.GetValue(logs),
                Seed = parsed.GetValue(seed),
            },
            parsed.GetValue(misclassified), parsed.GetValue(json), terminal, token)));
        return command;

        Option<T> Add<T>(string name, T value, string description, string? helpName = null)
        {
            var option = new Option<T>(name) { Description = description, HelpName = helpName ?? (value is bool ? null : "N") };
            if (value is not false) option.DefaultValueFactory = _ => value;
            command.Add(option);
            return option;
        }

        Option<T?> AddNumber<T>(string name, string description) where T : struct
        {
            var option = new Option<T?>(name) { Description = description, HelpName = "N" };
            command.Add(option);
            return option;
        }

        Option<string?> AddText(string name, string description, string helpName)
        {
            var option = new Option<string?>(name) { Description = description, HelpName = helpName };
            command.Add(option);
            return option;
        }
    }

    /// <summary>Trains and reports; also what quickstart does.</summary>
    public static int Run(RetrainOptions options, bool printMisclassified, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var result = Train(options, json ? terminal with { Output = terminal.Error, Console = () => RetrainView.NoConsole(terminal.Error) } : terminal, cancellationToken);
        if (json) terminal.Output.WriteLine(result.ToJson());
        else ReportText.Write(result, printMisclassified, terminal.Output);
        if (result.OutputError is { } failure) terminal.Error.WriteLine($"hero: {failure}");
        return result.Stopped ? ExitCode.Interrupted : result.OutputError is null ? ExitCode.Success : ExitCode.Error;
    }

    /// <summary>Runs the job and shows how it goes.</summary>
    public static RetrainResult Train(RetrainOptions options, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            options.Validate();
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message, error);
        }
        return RetrainView.Show(terminal, progress => new RetrainJob(options, progress).Run(cancellationToken));
    }
}
