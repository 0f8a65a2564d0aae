using System.Text.Json.Nodes;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>The same numbers with other axes: (batch, ...) -> (batch, targetShape); one dimension of the target may be -1 and is worked
/// out.</summary>
/// <example><code>new Reshape(28, 28, 1)</code></example>
public sealed class Reshape : Layer
{
    private readonly int[] targetShape;

    /// <summary>Creates the layer.</summary>
    /// <param name="targetShape">The new shape, without the batch axis.</param>
    /// <exception cref="ArgumentException">A dimension is below -1, or there is more than one -1.</exception>
    public Reshape(params ReadOnlySpan<int> targetShape)
        : this(targetShape.ToArray(), null)
    {
    }

    /// <summary>Creates the layer with a name.</summary>
    /// <param name="targetShape">The new shape, without the batch axis.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="dtype">The layer's policy, or its name; the global one when not given.</param>
    /// <exception cref="ArgumentException">A dimension is below -1, or there is more than one -1.</exception>
    public Reshape(int[] targetShape, string? name, DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        ArgumentNullException.ThrowIfNull(targetShape);
        if (targetShape.Any(dimension => dimension < -1) || targetShape.Count(dimension => dimension == -1) > 1)
            throw new ArgumentException($"Reshape expects dimensions of 0 or more, one of them perhaps -1, got "
                + $"({string.Join(", ", targetShape)}).", nameof(targetShape));
        this.targetShape = [.. targetShape];
    }

    /// <inheritdoc/>
    public override Config GetConfig() =>
        base.GetConfig().Set("target_shape", new JsonArray([.. targetShape.Select(dimension => (JsonNode)dimension)]));

    internal static Reshape FromConfig(Config config)
    {
        var array = config.GetArray("target_shape");
        return new Reshape([.. array.Take(32).Select(item => item is JsonValue value && value.TryGetValue<int>(out var dimension)
            ? dimension
            : throw new ArgumentException("target_shape is a list of whole numbers"))], null);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Reshape([input.Shape[0], .. targetShape]);
    }
}
