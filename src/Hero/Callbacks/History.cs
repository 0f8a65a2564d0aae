using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Hero.Callbacks;

namespace Hero;

/// <summary>The figures of all epochs of a Fit, by name: <c>history["val_accuracy"][^1]</c>.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1710", Justification = "Keras' name.")]
public sealed class History : Callback, IReadOnlyDictionary<string, IReadOnlyList<double>>
{
    private readonly List<int> epochs = [];
    private readonly List<string> names = [];
    private readonly Dictionary<string, List<double>> figures = new(StringComparer.Ordinal);
    private readonly List<double> dataWait = [];

    /// <summary>The numbers of the epochs, from 0.</summary>
    public IReadOnlyList<int> Epochs => epochs;

    /// <summary>For each epoch the part of its training, from 0 to 1, in which no batch was ready: near 0 where data is made as fast as it is used.</summary>
    public IReadOnlyList<double> DataWait => dataWait;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => names;

    /// <inheritdoc/>
    public IEnumerable<IReadOnlyList<double>> Values => names.Select(name => figures[name]);

    /// <inheritdoc/>
    public int Count => names.Count;

    /// <summary>A figure, epoch by epoch.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public IReadOnlyList<double> this[string key] => figures.TryGetValue(key, out var values)
        ? values
        : throw new KeyNotFoundException($"There is no figure '{key}'; there are {string.Join(", ", names)}.");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => figures.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out IReadOnlyList<double> value)
    {
        var found = figures.TryGetValue(key, out var values);
        value = values;
        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, IReadOnlyList<double>>> GetEnumerator()
    {
        foreach (var name in names) yield return new(name, figures[name]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void AddDataWait(double share) => dataWait.Add(share);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        epochs.Add(epoch);
        foreach (var (name, value) in logs)
        {
            if (!figures.TryGetValue(name, out var values))
            {
                names.Add(name);
                // A figure that a callback adds later is missing in the epochs before.
                figures[name] = values = [.. Enumerable.Repeat(double.NaN, epochs.Count - 1)];
            }
            values.Add(value);
        }
    }
}
