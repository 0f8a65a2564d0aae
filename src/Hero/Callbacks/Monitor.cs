namespace Hero.Callbacks;

/// <summary>Whether greater or smaller figures are better.</summary>
public enum MonitorMode
{
    /// <summary>Greater for accuracies, smaller for all others.</summary>
    Auto,

    /// <summary>Smaller is better.</summary>
    Min,

    /// <summary>Greater is better.</summary>
    Max,
}

/// <summary>A figure that a callback watches, and the best it has been.</summary>
internal sealed class Monitor
{
    private readonly string owner;
    private readonly bool greater;
    private readonly double minDelta;

    public Monitor(string owner, string name, MonitorMode mode, double minDelta = 0)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!(minDelta >= 0))
            throw new ArgumentOutOfRangeException(nameof(minDelta), minDelta, $"{owner} needs a minDelta of 0 or more, got {minDelta}.");
        this.owner = owner;
        Name = name;
        greater = mode == MonitorMode.Max
            || (mode == MonitorMode.Auto
                && (name.EndsWith("acc", StringComparison.Ordinal) || name.EndsWith("accuracy", StringComparison.Ordinal)));
        this.minDelta = minDelta;
        Forget();
    }

    public string Name { get; }

    /// <summary>The best figure so far.</summary>
    public double Best { get; private set; }

    public void Forget() => Best = greater ? double.NegativeInfinity : double.PositiveInfinity;

    /// <summary>The figure of an epoch.</summary>
    /// <exception cref="InvalidOperationException">The Fit does not give it.</exception>
    public double Read(Logs logs) => logs.TryGetValue(Name, out var value)
        ? value
        : throw new InvalidOperationException($"{owner} watches '{Name}', which this Fit does not give; it gives "
            + $"{string.Join(", ", logs.Keys)}. "
            + (Name.StartsWith("val_", StringComparison.Ordinal)
                ? "Give Fit validationData, or watch another figure." : "Watch another figure (monitor)."));

    /// <summary>Whether a figure is better than another by more than minDelta; one that is no number never is.</summary>
    public bool IsBetter(double value, double than) => greater ? value - minDelta > than : value + minDelta < than;

    /// <summary>Takes a figure over where it is the best so far.</summary>
    public bool Improves(double value)
    {
        if (!IsBetter(value, Best)) return false;
        Best = value;
        return true;
    }
}
