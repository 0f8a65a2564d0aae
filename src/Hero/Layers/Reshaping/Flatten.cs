using Hero.Saving;

namespace Hero.Layers;

/// <summary>All numbers of an example in one row: (batch, a, b, ...) -> (batch, a * b * ...).</summary>
/// <param name="name">The layer's name.</param>
/// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
public sealed class Flatten(string? name = null, DTypePolicy? dtype = null) : Layer(name, dtype)
{
    internal static Flatten FromConfig(Config config) => new();

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Reshape(new Shape(input.Shape[0], checked((int)input.Shape[1..].Size)));
    }
}
