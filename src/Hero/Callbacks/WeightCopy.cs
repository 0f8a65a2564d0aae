namespace Hero.Callbacks;

/// <summary>The weights of a model as they were, in memory that is used again.</summary>
internal sealed class WeightCopy
{
    private readonly List<(Variable Weight, Storage Value)> values = [];

    /// <summary>Keeps the weights as they are now.</summary>
    public void Take(Model model)
    {
        if (values.Count == 0) values.AddRange(model.Weights.Select(weight => (weight, new Storage(weight.Bytes))));
        foreach (var (weight, value) in values) weight.Storage.Span.CopyTo(value.Span);
    }

    /// <summary>Puts the weights back; false when none were taken.</summary>
    public bool Restore()
    {
        foreach (var (weight, value) in values) weight.Write(value.Span);
        return values.Count > 0;
    }
}
