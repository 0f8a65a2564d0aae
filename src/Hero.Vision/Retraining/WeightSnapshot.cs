namespace Hero.Vision.Retraining;

/// <summary>The values some variables had at their best.</summary>
internal sealed class WeightSnapshot
{
    private readonly IReadOnlyList<(string Path, Variable Variable)> variables;
    private readonly Dictionary<string, byte[]> values = new(StringComparer.Ordinal);

    public WeightSnapshot(IEnumerable<(string Path, Variable Variable)> variables) => this.variables = [.. variables];

    /// <summary>How the network did then; no pictures while nothing was taken.</summary>
    public Verdict Verdict { get; private set; }

    /// <summary>Whether there is something to put back.</summary>
    public bool IsTaken => values.Count > 0;

    /// <summary>The values by their paths.</summary>
    public IReadOnlyDictionary<string, byte[]> Values => values;

    /// <summary>Takes the values of now, if they are better than those taken before.</summary>
    public void Offer(Verdict verdict)
    {
        if (!verdict.IsBetterThan(Verdict)) return;
        Verdict = verdict;
        foreach (var (path, variable) in variables)
        {
            var now = variable.Storage.Span;
            if (!values.TryGetValue(path, out var kept)) values[path] = kept = new byte[now.Length];
            now.CopyTo(kept);
        }
    }

    /// <summary>Takes values that were saved.</summary>
    public void Take(Verdict verdict, IReadOnlyDictionary<string, byte[]> saved)
    {
        Verdict = verdict;
        foreach (var (path, bytes) in saved) values[path] = bytes;
    }

    /// <summary>Puts the values back.</summary>
    public void Restore()
    {
        foreach (var (path, variable) in variables) variable.Write(values[path]);
    }
}
