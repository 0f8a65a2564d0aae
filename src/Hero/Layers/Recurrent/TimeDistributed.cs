using Hero.Saving;

namespace Hero.Layers;

/// <summary>A layer on every time step alone, with the same weights: (batch, time, ...) -> (batch, time, what the layer gives).</summary>
/// <example><code>new TimeDistributed(new Conv2D(16, 3))</code></example>
public sealed class TimeDistributed : Layer
{
    private readonly Layer layer;

    /// <summary>Creates the layer.</summary>
    /// <param name="layer">What is applied to each step; a layer of one input and one output.</param>
    /// <param name="name">The layer's name.</param>
    public TimeDistributed(Layer layer, string? name = null)
        : base(name, layer?.DTypePolicy)
    {
        ArgumentNullException.ThrowIfNull(layer);
        this.layer = AddLayer(layer);
    }

    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().Set("layer", LayerRegistry.Write(layer).Json);

    internal static TimeDistributed FromConfig(Config config) => new(LayerRegistry.Read(config.GetConfig("layer")));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (inputShape.Rank < 1) throw new ArgumentException("expects inputs of shape (batch, time, ...), got one number per example");
        layer.EnsureBuilt([inputShape[1..]]);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (batch, time) = (input.Shape[0], input.Shape[1]);
        var each = layer.Apply(input.Reshape(new Shape([checked(batch * time), .. input.Shape[2..]])), training);
        return each.Reshape(new Shape([batch, time, .. each.Shape[1..]]));
    }
}
