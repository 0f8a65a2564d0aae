namespace Hero.Benchmarks;

/// <summary>What figures are made of measurements with.</summary>
internal static class Statistics
{
    /// <summary>The middle value, the mean of the two in the middle where there are as many below as above.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
