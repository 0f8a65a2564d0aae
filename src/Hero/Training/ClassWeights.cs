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
                throw new ArgumentException($"classWeight needs class numbers from 0 and weights of 0 or more, got class {number} "
                    + $"with weight {weight}.");
        }
        var table = new float[Math.Max(weights.Keys.Max() + 1, 2)];
        Array.Fill(table, 1);
        foreach (var (number, weight) in weights) table[number] = (float)weight;
        return Tensor.From(table);
    }

    /// <summary>The weights of a batch's examples.</summary>
    /// <param name="table">The weights of the first classes; the others have 1.</param>
    /// <param name="yTrue">Class numbers or one-hot targets.</param>
    /// <param name="yPred">The predictions, of which the last axis are the classes.</param>
    public static Tensor Of(Tensor table, Tensor yTrue, Tensor yPred)
    {
        var more = yPred.Shape[^1] - table.Shape[0];
        if (more > 0) table = Tensor.Concatenate([table, Tensor.Ones([more])]);
        return table.Gather(ClassNumbers(yTrue, yPred));
    }

    private static Tensor ClassNumbers(Tensor yTrue, Tensor yPred)
    {
        if (yTrue.Rank == yPred.Rank && yTrue.Shape[^1] > 1) return yTrue.ArgMax(-1);
        var numbers = yTrue.Rank > 1 && yTrue.Shape[^1] == 1 ? yTrue.Squeeze(-1) : yTrue;
        return numbers.Cast(DType.Int32);
    }
}
