using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// The sum of several inputs, element by element: (batch, ...) each -> (batch, ...). Shapes broadcast; an input of fewer axes gets
/// axes of 1 after the batch, as in Keras.
/// </summary>
/// <example><code>var y = new Add().Apply(x, shortcut);</code></example>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Add(string? name = null, DTypePolicy? dtype = null) : Merge(name, dtype)
{
    internal static Add FromConfig(Config config) => new();

    /// <inheritdoc/>
    protected override Tensor Call(IReadOnlyList<Tensor> inputs, bool training) => Fold(inputs, (sum, next) => sum + next);
}
