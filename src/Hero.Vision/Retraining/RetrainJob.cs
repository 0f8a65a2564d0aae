using System.Diagnostics;
using Hero.Saving;

namespace Hero.Vision.Retraining;

/// <summary>
/// A folder of pictures becomes a classifier. Splits the pictures by their names, computes their features with a frozen base once
/// (or trains a small network from scratch), trains a head on them, fine-tunes the whole if asked to, tests on pictures kept aside,
/// and writes one file that holds everything prediction needs.
/// </summary>
/// <example><code>
/// var result = new RetrainJob(new RetrainOptions { Folder = "photos", Base = "mobilenet_v2.safetensors" }).Run();
/// Console.WriteLine(result.Test.Accuracy);
/// var answer = PictureClassifier.Load(result.Model).Predict("unknown.jpg")[0];
/// </code></example>
public sealed class RetrainJob
{
    private readonly RetrainOptions options;
    private readonly IProgress<RetrainProgress>? progress;
    private readonly Action<Model, string> save;

    /// <summary>Prepares the work; nothing is read or written yet.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Who is told about it, on the thread that works.</param>
    public RetrainJob(RetrainOptions options, IProgress<RetrainProgress>? progress = null)
        : this(options, progress, static (model, path) => model.Save(path))
    {
    }

    /// <summary>As the public one, with another way to write the model: tests put faults there.</summary>
    internal RetrainJob(RetrainOptions options, IProgress<RetrainProgress>? progress, Action<Model, string> save)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.progress, this.save) = (options, progress, save);
    }

    /// <summary>Does the work.</summary>
    /// <param name="cancellationToken">Stops at a step: what is best so far is tested and saved, and the state to go on from.</param>
    /// <returns>The final figures, and where the model is; <see cref="RetrainResult.Stopped"/> when it was stopped.</returns>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="InvalidDataException">The folder has no pictures, only one class, or no readable training pictures of a class.</exception>
    /// <exception cref="IOException">A file or folder cannot be read or written; the message says which.</exception>
    /// <exception cref="ModelFileException">The base or the saved state is damaged or does not fit.</exception>
    /// <exception cref="OperationCanceledException">Stopped before anything was trained.</exception>
    public RetrainResult Run(CancellationToken cancellationToken = default)
    {
        options.Validate();
        var clock = Stopwatch.StartNew();
        var (folder, split) = RetrainPictures.Find(options, progress);
        OutputFile.CheckWritable(options.Output);
        using var curves = new CurveLog(options.Logs, append: options.Resume, progress);
        var run = new RetrainRun(options, folder, split, progress, cancellationToken);
        var reading = clock.Elapsed;
        run.Train(curves);
        var training = clock.Elapsed - reading;
        var test = run.Test();
        var output = OutputFile.Save(options.Output, path => save(run.Network.Complete, path));
        var result = run.Result(output, test, (reading.TotalSeconds, training.TotalSeconds, clock.Elapsed.TotalSeconds));
        curves.Write(result);
        return result;
    }
}
