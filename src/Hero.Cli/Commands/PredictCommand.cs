using System.CommandLine;
using Hero.Cli.Output;
using Hero.Data;
using Hero.Vision;

namespace Hero.Cli.Commands;

/// <summary><c>hero predict MODEL PICTURE...</c>: what the pictures show, the likeliest class first.</summary>
internal static class PredictCommand
{
    public const string Name = "predict";

    private const int BatchSize = 32;

    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "A model made by 'hero retrain'." };
        var pictures = new Argument<string[]>("PICTURE")
        {
            Description = "Pictures, or folders of them; '-' reads one picture from standard input. Without any, file names are read from standard input, one per line.",
            HelpName = "PICTURE...",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var top = new Option<int>("--top") { Description = "How many classes to print.", DefaultValueFactory = _ => 5 };
        top.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<int>() < 1) result.AddError("--top needs a whole number of at least 1.");
        });
        var json = new Option<bool>("--json") { Description = "Print JSON: one object for each picture, one per line." };
        var command = new Command(Name, "Say what pictures show, with a trained model.") { model, pictures, top, json };
        command.SetAction((parsed, token) => Task.FromResult(
            Run(parsed.GetRequiredValue(model), parsed.GetValue(pictures) ?? [], parsed.GetValue(top), parsed.GetValue(json), terminal, token)));
        return command;
    }

    private static int Run(string model, string[] pictures, int top, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        if (pictures.Length == 0 && !terminal.IsInputRedirected)
            throw new UsageException("predict: expected pictures or folders after the model, or file names on standard input. See 'hero predict --help'.");
        var classifier = PictureClassifier.Load(model);
        var writer = new PredictionWriter(terminal, top, json, showNames: pictures.Length != 1 || Directory.Exists(pictures[0]));
        var failed = false;
        Task? preparing = null;
        foreach (var batch in Sources(pictures, terminal, cancellationToken).Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // While this thread reads the first pictures. What fails there fails again in the prediction.
            preparing ??= Task.Run(() => classifier.Prepare(batch.Length), cancellationToken);
            var read = Array.ConvertAll(batch, source => Read(source, classifier.DecodeOptions));
            var answers = new Queue<IReadOnlyList<Prediction>>(classifier.Predict(read.Select(picture => picture.Image).OfType<Image>().ToArray()));
            foreach (var picture in read)
            {
                failed |= picture.Image is null;
                if (picture.Image is null) writer.Failure(picture.Name, picture.Reason);
                else writer.Result(picture.Name, answers.Dequeue());
            }
        }
        if (preparing is null) throw new InvalidDataException("predict: standard input named no picture. Expected file names, one per line, or pictures after the model.");
        return failed ? ExitCode.Error : ExitCode.Success;
    }

    private static Picture Read(Source source, ImageDecodeOptions options)
    {
        try
        {
            return new(source.Name, source.Open(options), "");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ImageFormatException)
        {
            return new(source.Name, null, error.Message);
        }
    }

    private static IEnumerable<Source> Sources(string[] pictures, Terminal terminal, CancellationToken cancellationToken)
    {
        foreach (var picture in pictures.Length > 0 ? pictures : Lines(terminal.Input, cancellationToken))
        {
            if (picture == "-") yield return new("-", options => Image.Decode(terminal.Input, options));
            else if (!Directory.Exists(picture)) yield return new(picture, options => Image.Load(picture, options));
            else
            {
                var files = Directory.EnumerateFiles(picture, "*", SearchOption.AllDirectories).Where(ImageFolder.IsImageName).Order(StringComparer.Ordinal).ToArray();
                if (files.Length == 0) yield return new(picture, _ => throw new FileNotFoundException($"There are no pictures (.jpg, .jpeg, .png, .bmp) in '{picture}'."));
                foreach (var file in files) yield return new(file, options => Image.Load(file, options));
            }
        }
    }

    private static IEnumerable<string> Lines(Stream input, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(input);
        while (!cancellationToken.IsCancellationRequested && reader.ReadLine() is { } line)
            if (line.Trim() is { Length: > 0 } name) yield return name;
    }

    private sealed record Source(string Name, Func<ImageDecodeOptions, Image> Open);

    private sealed record Picture(string Name, Image? Image, string Reason);
}
