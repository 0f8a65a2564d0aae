using System.Globalization;
using System.Text;
using Hero.Saving;

namespace Hero.Vision.Retraining;

/// <summary>
/// Writes the curves of a training to curves.csv, a line for each evaluation, and the report to report.json. What cannot be written
/// (a full disk) is said once; it costs no training.
/// </summary>
internal sealed class CurveLog : IDisposable
{
    private readonly string? folder;
    private readonly IProgress<RetrainProgress>? progress;
    private StreamWriter? writer;

    /// <param name="folder">Where to; null for nowhere.</param>
    /// <param name="append">Whether the curves of a stopped run are continued.</param>
    /// <param name="progress">Who is told about what cannot be written.</param>
    /// <exception cref="IOException">The folder cannot be written; the message names it and the option.</exception>
    public CurveLog(string? folder, bool append, IProgress<RetrainProgress>? progress)
    {
        (this.folder, this.progress) = (folder, progress);
        if (folder is null) return;
        try
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, "curves.csv");
            var isNew = !append || !File.Exists(path);
            writer = new StreamWriter(path, append, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
            if (isNew) writer.WriteLine("phase,step,train_accuracy,cross_entropy,validation_accuracy,validation_count");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"--logs '{folder}' cannot be written ({error.Message}). Name another folder.", error);
        }
    }

    public void Write(RetrainFigures figures) => Try(() => writer?.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{figures.Work},{figures.Step},{figures.TrainAccuracy:R},{figures.CrossEntropy:R},{(figures.ValidationCount == 0 ? "" : figures.ValidationAccuracy.ToString("R", CultureInfo.InvariantCulture))},{figures.ValidationCount}")));

    public void Write(RetrainResult result) => Try(() =>
    {
        if (folder is not null) AtomicFile.Write(Path.Combine(folder, "report.json"), stream => stream.Write(Encoding.UTF8.GetBytes(result.ToJson() + "\n")));
    });

    public void Flush() => Try(() => writer?.Flush());

    public void Dispose() => Try(() => writer?.Dispose());

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            progress?.Report(new RetrainWarning($"The curves and the report cannot be written to '{folder}': {error.Message}"));
            var broken = writer;
            writer = null;
            try
            {
                broken?.Dispose(); // tries to write the rest once more
            }
            catch (Exception again) when (again is IOException or UnauthorizedAccessException)
            {
            }
        }
    }
}
