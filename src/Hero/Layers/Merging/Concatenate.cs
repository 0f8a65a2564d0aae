using Hero.Saving;

namespace Hero.Layers;

/// <summary>Several inputs one after another along an axis; all other dimensions are equal. Along the time axis their masks follow one another,
/// too; all steps of an input without a mask count.</summary>
/// <example><code>var y = new Concatenate().Apply(x, hidden);</code></example>
/// <param name="axis">The axis, the batch counted as 0; -1 is the last.</param>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Concatenate(int axis = -1, string? name = null, DTypePolicy? dtype = null) : Merge(name, dtype)
{
    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("axis", axis);

    internal static Concatenate FromConfig(Config config) => new(config.GetInt("axis"));

    /// <inheritdoc/>
    protected override Tensor Call(IReadOnlyList<Tensor> inputs, bool training)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Tensor.Concatenate(inputs, axis);
    }

    internal override Tensor? ComputeMask(Tensor[] inputs, Tensor? mask)
    {
        var masks = Array.ConvertAll(inputs, Masks.Of);
        var along = axis < 0 ? axis + inputs[0].Rank : axis;
        if (along != 1 || inputs[0].Rank < 3 || masks.All(one => one is null)) return base.ComputeMask(inputs, mask);
        return Tensor.Concatenate([.. inputs.Zip(masks, (input, one) => one ?? Tensor.Ones(input.Shape[..2], DType.Bool))], 1);
    }
}
