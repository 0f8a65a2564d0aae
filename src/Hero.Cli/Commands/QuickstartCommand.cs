using System.CommandLine;
using System.Globalization;
using Hero.Cli.Output;
using Hero.Vision;
using Hero.Vision.Retraining;

namespace Hero.Cli.Commands;

/// <summary><c>hero quickstart</c>: the whole way in under a minute, with pictures drawn on the spot.</summary>
internal static class QuickstartCommand
{
    public const string Name = "quickstart";

    private const int PerClass = 150;

    public static Command Create(Terminal terminal)
    {
        var folder = new Option<string?>("--folder") { Description = "Where pictures and model go. Default: a folder in the user's cache.", HelpName = "DIR" };
        var command = new Command(Name, "See it work: draw pictures, train a classifier on them, ask it. No data, no network needed.") { folder };
        command.SetAction((parsed, token) => Task.FromResult(Run(parsed.GetValue(folder) ?? UserFolders.Quickstart, terminal, token)));
        return command;
    }

    private static int Run(string folder, Terminal terminal, CancellationToken cancellationToken)
    {
        var (pictures, model) = (Path.Combine(folder, "pictures"), Path.Combine(folder, "model.safetensors"));
        terminal.Output.WriteLine($"Drawing {PerClass * SampleSet.Classes.Count} pictures of {SampleSet.Classes.Count} characters ({string.Join(", ", SampleSet.Classes)}) into {pictures}");
        SampleSet.Write(pictures, PerClass, cancellationToken: cancellationToken);

        var options = new RetrainOptions { Folder = pictures, Output = model, Base = RetrainOptions.NoBase, Steps = 350, BatchSize = 32, EvalInterval = 50, TestingPercentage = 20 };
        var result = RetrainCommand.Train(options, terminal, cancellationToken);
        ReportText.Write(result, printMisclassified: true, terminal.Output);
        if (result.Stopped) return ExitCode.Interrupted;

        terminal.Output.WriteLine("\nThree pictures it has never seen:");
        var classifier = PictureClassifier.Load(model);
        for (var i = 0; i < 3; i++)
        {
            var label = SampleSet.Classes[(i + 1) % SampleSet.Classes.Count];
            var path = Path.Combine(folder, $"unseen-{i + 1}.png");
            SampleSet.Draw(label, PerClass + 1000 + i).SavePng(path);
            var best = classifier.Predict(Image.Load(path))[0];
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {path}: {best.Label} ({100 * best.Probability:F1} %); it was drawn as: {label}"));
        }
        terminal.Output.WriteLine($"""

            What to try next:
              {HeroTool.Command} predict {model} {Path.Combine(folder, "unseen-1.png")}
              {HeroTool.Command} retrain FOLDER    with a folder of your own that has one sub-folder of pictures per class
              {HeroTool.Command} retrain --help    for a pre-trained base (--base), fine-tuning, curves, reports
            """);
        return ExitCode.Success;
    }
}
