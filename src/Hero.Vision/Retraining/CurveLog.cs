using System.Globalization;
using System.Text;
using Hero.Saving;

namespace Hero.Vision.Retraining;

/// <summary>Writes the curves of a training to curves.csv, a line for each evaluation, and the report to report.json.</summary>
internal sealed class CurveLog : IDisposable
{
    private readonly string? folder;
    private readonly StreamWriter? writer;

    /// <param name="folder">Where to; null for nowhere.</param>
    /// <param name="append">Whether the curves of a stopped run are continued.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public CurveLog(string? folder, bool append)
    {
        this.folder = folder;
        if (folder is null) return;
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "curves.csv");
        var isNew = !append || !File.Exists(path);
        writer = new StreamWriter(path, append, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        if (isNew) writer.WriteLine("phase,step,train_accuracy,cross_entropy,validation_accuracy,validation_count");
    }

    public void Write(RetrainFigures figures) => writer?.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{figures.Work},{figures.Step},{figures.TrainAccuracy:R},{figures.CrossEntropy:R},{(figures.ValidationCount == 0 ? "" : figures.ValidationAccuracy.ToString("R", CultureInfo.InvariantCulture))},{figures.ValidationCount}"));

    public void Write(RetrainResult result)
    {
        if (folder is not null) AtomicFile.Write(Path.Combine(folder, "report.json"), stream => stream.Write(Encoding.UTF8.GetBytes(result.ToJson() + "\n")));
    }

    public void Flush() => writer?.Flush();

    public void Dispose() => writer?.Dispose();
}
