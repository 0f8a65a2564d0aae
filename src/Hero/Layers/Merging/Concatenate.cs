using Hero.Saving;

namespace Hero.Layers;

/// <summary>Several inputs one after another along an axis; all other dimensions are equal.</summary>
/// <example><code>var y = new Concatenate().Apply(x, hidden);</code></example>
/// <param name="axis">The axis, the batch counted as 0; -1 is the last.</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Concatenate(int axis = -1, string? name = null, DTypePolicy? dtype = null) : Layer(name, dtype)
{
    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("axis", axis);

    internal static Concatenate FromConfig(Config config) => new(config.GetInt("axis"));

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes) => Merging.RequireSeveral(inputShapes);

    /// <inheritdoc/>
    protected override Tensor Call(IReadOnlyList<Tensor> inputs, bool training)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Tensor.Concatenate(inputs, axis);
    }
}
