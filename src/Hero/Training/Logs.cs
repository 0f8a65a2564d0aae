using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Hero;

/// <summary>Figures by name, in the order in which they are printed: "loss", "accuracy", "val_loss" ... Those that callbacks get are valid
/// during the call.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1710", Justification = "Keras' name.")]
public sealed class Logs : IReadOnlyDictionary<string, double>
{
    private readonly List<string> names = [];
    private readonly List<double> values = [];

    /// <inheritdoc/>
    public int Count => names.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => names;

    /// <inheritdoc/>
    public IEnumerable<double> Values => values;

    /// <summary>A figure.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public double this[string key] => names.IndexOf(key) is >= 0 and var index
        ? values[index]
        : throw new KeyNotFoundException($"There is no figure '{key}'; there are {string.Join(", ", names)}.");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => names.Contains(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out double value)
    {
        var index = names.IndexOf(key);
        value = index >= 0 ? values[index] : default;
        return index >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator()
    {
        for (var i = 0; i < names.Count; i++) yield return new(names[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>"loss: 0.1234 - accuracy: 0.9876".</summary>
    public override string ToString() => string.Join(" - ", this.Select(pair => $"{pair.Key}: {Format(pair.Value)}"));

    /// <summary>A figure as Keras prints it.</summary>
    internal static string Format(double value) =>
        value.ToString(value != 0 && Math.Abs(value) < 1e-3 ? "0.0000e+00" : "0.0000", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Adds or changes a figure.</summary>
    internal void Set(string name, double value)
    {
        var index = names.IndexOf(name);
        if (index >= 0)
        {
            values[index] = value;
            return;
        }
        names.Add(name);
        values.Add(value);
    }

    internal void Clear()
    {
        names.Clear();
        values.Clear();
    }
}
