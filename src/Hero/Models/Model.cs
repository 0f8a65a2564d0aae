using Hero.Layers;
using Hero.Models;
using Hero.Saving;

namespace Hero;

/// <summary>
/// Layers put together to something that is trained, judged, used and saved. Built from inputs to outputs (the functional way,
/// any shape of graph), as a <see cref="Sequential"/> chain, or as a class of one's own that overrides Call. A model is itself a
/// layer.
/// </summary>
/// <example><code>
/// var x = new Input(32);
/// var hidden = new Dense(64, activation: "relu").Apply(x);
/// var y = new Dense(10, activation: "softmax").Apply(new Concatenate().Apply(x, hidden));
/// var model = new Model(x, y);
/// </code></example>
public partial class Model : Layer
{
    /// <summary>A model of one input and one output.</summary>
    /// <param name="input">Where data enters: a <see cref="Hero.Layers.Input"/>.</param>
    /// <param name="output">What the model answers.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">The output does not depend on the input alone.</exception>
    public Model(SymbolicTensor input, SymbolicTensor output, string? name = null)
        : this([input], [output], name)
    {
    }

    /// <summary>A model of several inputs or outputs.</summary>
    /// <param name="inputs">Where data enters.</param>
    /// <param name="outputs">What the model answers.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">An output does not depend on the inputs alone.</exception>
    public Model(IReadOnlyList<SymbolicTensor> inputs, IReadOnlyList<SymbolicTensor> outputs, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        if (inputs.Count == 0 || outputs.Count == 0)
            throw new ArgumentException($"A model needs at least one input and one output, got {inputs.Count} and {outputs.Count}.");
        SetGraph(new ModelGraph(inputs, outputs));
        foreach (var layer in Graph!.Layers) AddLayer(layer);
    }

    /// <summary>A model that overrides Call; it names its layers with AddLayer.</summary>
    /// <param name="name">The model's name.</param>
    protected Model(string? name = null)
        : base(name)
    {
    }

    /// <summary>The layers, in order.</summary>
    public IReadOnlyList<Layer> Layers => Sublayers;

    /// <summary>Where data enters.</summary>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    public IReadOnlyList<SymbolicTensor> Inputs => RequireGraph().Inputs;

    /// <summary>What the model answers.</summary>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    public IReadOnlyList<SymbolicTensor> Outputs => RequireGraph().Outputs;

    /// <summary>What the model answers; the first of its <see cref="Outputs"/>.</summary>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    public override SymbolicTensor Output => RequireGraph().Outputs[0];

    /// <summary>Texts that are saved with the model: class labels, where the data came from ... Free for every use.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The layers and who feeds whom; null before a Sequential knows its input, and for models that override Call.</summary>
    internal ModelGraph? Graph { get; private set; }

    /// <summary>The layer of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public Layer GetLayer(string name) => Layers.FirstOrDefault(layer => layer.Name == name)
        ?? throw new ArgumentException($"{this} has no layer '{name}'; it has "
            + $"{string.Join(", ", Layers.Take(20).Select(layer => $"'{layer.Name}'"))}{(Layers.Count > 20 ? " ..." : "")}.", nameof(name));

    /// <summary>Prints the layers with their output shapes and numbers of weights.</summary>
    /// <param name="output">Where to; the console when not given.</param>
    public void Summary(TextWriter? output = null) => ModelSummary.Print(this, output ?? Console.Out);

    /// <inheritdoc/>
    public override Config GetConfig()
    {
        var config = base.GetConfig();
        return Graph is null ? config : Graph.Write(config);
    }

    internal static Model FromConfig(Config config)
    {
        var graph = ModelGraph.Read(config);
        return new Model(graph.Inputs, graph.Outputs);
    }

    internal void SetGraph(ModelGraph graph)
    {
        Graph = graph;
        ForgetPlans();
    }

    internal override Tensor[] CallAll(Tensor[] inputs, bool training, Tensor? mask) =>
        Graph is { } graph ? graph.Run(inputs, training) : base.CallAll(inputs, training, mask);

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        // A graph's layers were built as it was put together; those of a model with its own Call are built as they are used.
    }

    private ModelGraph RequireGraph() => Graph
        ?? throw new InvalidOperationException($"{this} does not know the shape of its input yet: begin it with new Input(...), or "
            + $"call it on data first.");
}
