using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// The sum of several inputs, element by element: (batch, ...) each -> (batch, ...). Shapes broadcast; an input of fewer axes gets
/// axes of 1 after the batch, as in Keras.
/// </summary>
/// <example><code>var y = new Add().Apply(x, shortcut);</code></example>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Add(string? name = null, DTypePolicy? dtype = null) : Layer(name, dtype)
{
    internal static Add FromConfig(Config config) => new();

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes) => Merging.RequireSeveral(inputShapes);

    /// <inheritdoc/>
    protected override Tensor Call(IReadOnlyList<Tensor> inputs, bool training)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var rank = inputs.Max(input => input.Rank);
        return inputs.Select(input => Extend(input, rank)).Aggregate((sum, next) => sum + next);
    }

    private static Tensor Extend(Tensor input, int rank)
    {
        while (input.Rank < rank) input = input.ExpandDims(1);
        return input;
    }
}
