namespace Hero.Vision.Retraining;

/// <summary>How a network did on some pictures.</summary>
/// <param name="Count">How many pictures.</param>
/// <param name="Accuracy">The share classified rightly; NaN for none.</param>
/// <param name="Loss">The mean cross-entropy; NaN for none.</param>
internal readonly record struct Verdict(int Count, double Accuracy, double Loss)
{
    /// <summary>From the probabilities (a row for each picture) and the classes.</summary>
    public static Verdict Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> classes, int labels)
    {
        var (correct, loss) = (0, 0.0);
        for (var i = 0; i < classes.Length; i++)
        {
            var row = probabilities.Slice(i * labels, labels);
            if (BestOf(row) == classes[i]) correct++;
            loss -= Math.Log(Math.Max(row[classes[i]], 1e-30f));
        }
        return new(classes.Length, (double)correct / classes.Length, loss / classes.Length);
    }

    /// <summary>The likeliest class; the first one of equals.</summary>
    public static int BestOf(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var i = 1; i < row.Length; i++)
            if (row[i] > row[best]) best = i;
        return best;
    }

    /// <summary>More pictures rightly classified, or as many with more certainty. A verdict on no pictures is never better.</summary>
    public bool IsBetterThan(Verdict other) =>
        Count > 0 && (other.Count == 0 || Accuracy > other.Accuracy || (Accuracy == other.Accuracy && Loss < other.Loss));
}
