using System.Globalization;
using System.Text;
using Hero.Vision.Retraining;

namespace Hero.Cli.Output;

/// <summary>The end of a training as text.</summary>
internal static class ReportText
{
    public static void Write(RetrainResult result, bool printMisclassified, TextWriter output)
    {
        output.WriteLine();
        if (result.Stopped) output.WriteLine($"Stopped after {Count(result.Steps)} steps; the model below is what was best so far. Go on with --resume.");
        if (result.Test.Count == 0 && result.Stopped)
            output.WriteLine("Final test accuracy: not measured, the training was stopped.");
        else if (result.Test.Count == 0)
            output.WriteLine("Final test accuracy: unknown, no picture fell into the test part. Add pictures or raise --testing-percentage.");
        else
        {
            output.WriteLine(Headline(result.Test));
            output.WriteLine();
            Scores(result.Test, output);
            output.WriteLine();
            Confusion(result.Test, output);
        }
        if (printMisclassified) Misclassified(result.Test, output);
        else if (result.Test.Misclassified.Count > 0) output.WriteLine($"\n--print-misclassified names the {Count(result.Test.Misclassified.Count)} that were taken for something else.");
        if (result.Skipped.Count > 0) output.WriteLine($"\n{Count(result.Skipped.Count)} file{(result.Skipped.Count == 1 ? "" : "s")} could not be read and {(result.Skipped.Count == 1 ? "was" : "were")} left out.");
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Took {result.Seconds.Total:F1} s: pictures and features {result.Seconds.Reading:F1} s, training {result.Seconds.Training:F1} s."));
        output.WriteLine($"The model is in {result.Model}. Try: {HeroTool.Command} predict {Quoted(result.Model)} PICTURE");
    }

    /// <summary>The line the talk ended with.</summary>
    public static string Headline(ClassificationReport test) =>
        string.Create(CultureInfo.InvariantCulture, $"Final test accuracy = {100 * test.Accuracy:F1}% (N={test.Count})");

    private static void Scores(ClassificationReport test, TextWriter output)
    {
        var width = Math.Max(8, test.Labels.Max(label => label.Length));
        output.WriteLine($"{new string(' ', width)}  precision  recall  pictures");
        foreach (var score in test.Classes)
            output.WriteLine($"{score.Label.PadRight(width)}  {Percent(score.Precision),9}  {Percent(score.Recall),6}  {Count(score.Support),8}");
    }

    // Rows are what pictures are, columns what they were taken for. Many classes would make lines nobody can read: then only the mistakes.
    private static void Confusion(ClassificationReport test, TextWriter output)
    {
        const int Widest = 100;
        var width = Math.Max(8, test.Labels.Max(label => label.Length));
        var columns = test.Labels.Select((label, i) => Math.Max(label.Length, test.ConfusionMatrix.Max(row => Count(row[i]).Length))).ToArray();
        if (width + columns.Sum(column => column + 2) > Widest)
        {
            output.WriteLine("Most frequent mistakes:");
            var mistakes = from row in Enumerable.Range(0, test.Labels.Count)
                           from column in Enumerable.Range(0, test.Labels.Count)
                           where row != column && test.ConfusionMatrix[row][column] > 0
                           orderby test.ConfusionMatrix[row][column] descending
                           select $"  {Count(test.ConfusionMatrix[row][column])} x {test.Labels[row]} taken for {test.Labels[column]}";
            foreach (var line in mistakes.Take(20)) output.WriteLine(line);
            return;
        }
        output.WriteLine("Rows: what they are. Columns: what they were taken for.");
        var text = new StringBuilder(new string(' ', width));
        for (var i = 0; i < columns.Length; i++) text.Append("  ").Append(test.Labels[i].PadLeft(columns[i]));
        output.WriteLine(text);
        for (var row = 0; row < columns.Length; row++)
        {
            text.Clear().Append(test.Labels[row].PadRight(width));
            for (var i = 0; i < columns.Length; i++) text.Append("  ").Append(Count(test.ConfusionMatrix[row][i]).PadLeft(columns[i]));
            output.WriteLine(text);
        }
    }

    private static void Misclassified(ClassificationReport test, TextWriter output)
    {
        output.WriteLine(test.Misclassified.Count == 0 ? "\nNo test picture was misclassified." : "\nMisclassified test pictures:");
        foreach (var item in test.Misclassified)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {item.File}: {item.Label} taken for {item.Predicted} ({100 * item.Probability:F1} %)"));
    }

    private static string Percent(double share) => double.IsNaN(share) ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
