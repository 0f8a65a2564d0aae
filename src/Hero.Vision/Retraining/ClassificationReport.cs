namespace Hero.Vision.Retraining;

/// <summary>How a classifier did on one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Precision">Of the pictures called so, the share that are so; NaN when none was called so.</param>
/// <param name="Recall">Of the pictures that are so, the share called so; NaN when there are none.</param>
/// <param name="Support">How many pictures are so.</param>
public sealed record ClassScore(string Label, double Precision, double Recall, int Support);

/// <summary>A picture that was taken for another class.</summary>
/// <param name="File">The file.</param>
/// <param name="Label">Its class.</param>
/// <param name="Predicted">The class the classifier gave.</param>
/// <param name="Probability">How sure it was, 0 .. 1.</param>
public sealed record Misclassified(string File, string Label, string Predicted, double Probability);

/// <summary>How a classifier did on a set of pictures: accuracy, precision and recall of each class, and who was taken for whom.</summary>
public sealed class ClassificationReport
{
    internal ClassificationReport(IReadOnlyList<string> labels, IReadOnlyList<int> truth, IReadOnlyList<int> predicted,
        IReadOnlyList<Misclassified>? misclassified = null)
    {
        var matrix = new int[labels.Count][];
        for (var i = 0; i < matrix.Length; i++) matrix[i] = new int[labels.Count];
        for (var i = 0; i < truth.Count; i++) matrix[truth[i]][predicted[i]]++;

        Labels = labels;
        ConfusionMatrix = matrix;
        Count = truth.Count;
        Correct = Enumerable.Range(0, labels.Count).Sum(i => matrix[i][i]);
        Classes = [.. Enumerable.Range(0, labels.Count).Select(i => Score(labels[i], matrix, i))];
        Misclassified = misclassified ?? [];
    }

    /// <summary>The classes, in the order of the matrix.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How many pictures were classified.</summary>
    public int Count { get; }

    /// <summary>How many of them rightly.</summary>
    public int Correct { get; }

    /// <summary>Correct / Count; NaN for no pictures.</summary>
    public double Accuracy => Count == 0 ? double.NaN : (double)Correct / Count;

    /// <summary>Precision and recall of each class.</summary>
    public IReadOnlyList<ClassScore> Classes { get; }

    /// <summary>Rows are what pictures are, columns what they were taken for.</summary>
    public IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; }

    /// <summary>The pictures taken for another class, in the order they were tested.</summary>
    public IReadOnlyList<Misclassified> Misclassified { get; }

    private static ClassScore Score(string label, int[][] matrix, int index)
    {
        var called = matrix.Sum(row => row[index]);
        var support = matrix[index].Sum();
        return new ClassScore(label, Share(matrix[index][index], called), Share(matrix[index][index], support), support);
    }

    private static double Share(int part, int whole) => whole == 0 ? double.NaN : (double)part / whole;
}
