using System.Text.Json.Nodes;
using Hero.Layers;
using Hero.Models;
using Hero.Saving;

namespace Hero;

/// <summary>A model that is a chain of layers. Begun with an <see cref="Input"/> it is built at once, else when it first sees
/// data.</summary>
/// <example><code>
/// var model = new Sequential(
///     new Input(28, 28, 1), new Flatten(), new Dense(128, activation: "relu"), new Dense(10, activation: "softmax"));
/// </code></example>
public sealed class Sequential : Model
{
    private SymbolicTensor? end;

    /// <summary>A chain of layers.</summary>
    /// <param name="layers">The layers, the first one first.</param>
    /// <exception cref="ArgumentException">A layer does not fit onto the one before it.</exception>
    public Sequential(params ReadOnlySpan<Layer> layers)
        : base(null)
    {
        foreach (var layer in layers) Add(layer);
    }

    /// <summary>A chain of layers with a name.</summary>
    /// <param name="layers">The layers, the first one first.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">A layer does not fit onto the one before it.</exception>
    public Sequential(IEnumerable<Layer> layers, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers) Add(layer);
    }

    /// <summary>Puts a layer at the end.</summary>
    /// <exception cref="ArgumentException">The layer does not fit onto the one before it, is there already, or is an Input that is not
    /// first.</exception>
    public void Add(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer is Input input)
        {
            if (end is not null || Layers.Count > 0)
                throw new ArgumentException("An Input can only be the first of a Sequential's layers.", nameof(layer));
            Begin(input);
            return;
        }
        if (Layers.Contains(layer))
            throw new ArgumentException($"{layer} is in the Sequential already: a chain has each layer once. Use a functional Model "
                + $"to share layers.", nameof(layer));
        if (end is null && Layers.Count == 0 && layer is Model { Graph: { Inputs.Length: 1 } inner })
            Begin(new Input(inner.Inputs[0].Shape, inner.Inputs[0].DType));
        AddLayer(layer);
        if (end is not null) Extend(layer);
    }

    /// <inheritdoc/>
    public override Config GetConfig()
    {
        var config = base.GetConfig();
        foreach (var part in new[] { "nodes", "inputs", "outputs" }) config.Json.Remove(part);
        IEnumerable<Layer> all = Graph is null ? Layers : Layers.Prepend(Inputs[0].Layer);
        return config.Set("layers", new JsonArray([.. all.Select(layer => LayerRegistry.Write(layer).Json)]));
    }

    internal static new Sequential FromConfig(Config config) => new(config.GetConfigs("layers").Select(LayerRegistry.Read));

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (end is not null) return;
        if (inputShapes.Count != 1) throw new ArgumentException($"expects one input, got {inputShapes.Count}");
        if (Layers.Count == 0) throw new ArgumentException($"{this} has no layers; put some in with Add.");
        Begin(new Input(inputShapes[0]));
        foreach (var layer in Layers) Extend(layer);
    }

    private void Begin(Input input)
    {
        end = input;
        SetGraph(new ModelGraph([end], [end]));
    }

    private void Extend(Layer layer)
    {
        end = layer.Apply(end!);
        SetGraph(new ModelGraph([Inputs[0]], [end]));
    }
}
