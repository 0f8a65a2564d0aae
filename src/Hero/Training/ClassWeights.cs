namespace Hero.Training;

/// <summary>What examples of a class count.</summary>
internal static class ClassWeights
{
    // A table this long takes 4 MB; whoever has more classes has other troubles.
    private const int MostClasses = 1 << 20;

    /// <summary>The weights of the classes 0, 1 ...; 1 for those not named. Null for no weights.</summary>
    /// <exception cref="ArgumentException">A class number or weight is negative.</exception>
    public static Tensor? Table(IReadOnlyDictionary<int, double>? weights)
    {
        if (weights is null || weights.Count == 0) return null;
        foreach (var (number, weight) in weights)
        {
            if (number is < 0 or >= MostClasses || !(weight >= 0) || double.IsInfinity(weight))
                throw new ArgumentException($"classWeight needs class numbers from 0 and weights of 0 or more, got class {number} with weight {weight}.");
        }
        var table = new float[Math.Max(weights.Keys.Max() + 1, 2)];
        Array.Fill(table, 1);
        foreach (var (number, weight) in weights) table[number] = (float)weight;
        return Tensor.From(table);
    }
}
