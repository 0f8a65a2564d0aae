using Hero.Saving;

namespace Hero.Layers;

/// <summary>The sum of several inputs, element by element; shapes broadcast. (batch, ...) each -> (batch, ...).</summary>
/// <example><code>var y = new Add().Apply(x, shortcut);</code></example>
/// <param name="name">The layer's name.</param>
public sealed class Add(string? name = null) : Layer(name)
{
    internal static Add FromConfig(Config config) => new();

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes) => Merging.RequireSeveral(inputShapes);

    /// <inheritdoc/>
    protected override Tensor Call(IReadOnlyList<Tensor> inputs, bool training)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Aggregate((sum, next) => sum + next);
    }
}
