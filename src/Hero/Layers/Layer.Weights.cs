using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

public abstract partial class Layer
{
    private readonly List<Variable> weights = [];
    private readonly List<Variable> states = [];
    private readonly List<Layer> sublayers = [];
    private readonly List<(Variable Weight, Regularizer Regularizer)> regularized = [];
    private readonly HashSet<string> takenNames = new(StringComparer.Ordinal);
    private bool trainable = true;

    /// <summary>
    /// Whether training changes the weights; false freezes the layer and all layers in it (a frozen batch normalization also
    /// uses its moving statistics in training). Compile the model again after a change.
    /// </summary>
    public bool Trainable
    {
        get => trainable;
        set
        {
            trainable = value;
            foreach (var layer in sublayers) layer.Trainable = value;
        }
    }

    /// <summary>All weights, those of inner layers included, in order of creation.</summary>
    public IReadOnlyList<Variable> Weights => [.. weights, .. sublayers.SelectMany(layer => layer.Weights)];

    /// <summary>The weights that training changes; none when the layer is frozen.</summary>
    public IReadOnlyList<Variable> TrainableWeights =>
        trainable ? [.. weights.Where(weight => weight.Trainable), .. sublayers.SelectMany(layer => layer.TrainableWeights)] : [];

    /// <summary>The weights that training does not change: moving statistics, and all weights of frozen layers.</summary>
    public IReadOnlyList<Variable> NonTrainableWeights
    {
        get
        {
            var changed = TrainableWeights.ToHashSet();
            return [.. Weights.Where(weight => !changed.Contains(weight))];
        }
    }

    /// <summary>How many numbers the weights are.</summary>
    public long CountParameters() => Weights.Sum(weight => weight.Size);

    /// <summary>Makes a weight; call it from <see cref="Build(Shape)"/>.</summary>
    /// <param name="name">Its name within the layer: "kernel".</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="initializer">Its first value; glorot_uniform when not given.</param>
    /// <param name="trainable">Whether optimizers change it.</param>
    /// <param name="regularizer">A penalty that is added to the loss.</param>
    /// <exception cref="ArgumentException">The layer has a weight of this name.</exception>
    protected Variable AddWeight(string name, Shape shape, Initializer? initializer = null, bool trainable = true,
        Regularizer? regularizer = null)
    {
        LayerNames.Check(name);
        if (!takenNames.Add(name)) throw new ArgumentException($"has two weights named '{name}'", nameof(name));
        var weight = LoadingScope.Current is { } loading
            ? loading.Placeholder(this, name, shape)
            : new Variable((initializer ?? new GlorotUniform()).Create(shape, RandomGenerator.Default.NextSeed()), name);
        weight.Trainable = trainable;
        weights.Add(weight);
        if (regularizer is not null) regularized.Add((weight, regularizer));
        return weight;
    }

    /// <summary>Makes a layer a part of this one, so that its weights are trained and saved with it; call it before the first
    /// use.</summary>
    /// <returns>The layer itself.</returns>
    /// <exception cref="ArgumentException">Another part has the layer's name.</exception>
    protected TLayer AddLayer<TLayer>(TLayer layer) where TLayer : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (sublayers.Contains(layer)) return layer;
        LayerNames.Assign(layer, takenNames);
        sublayers.Add(layer);
        return layer;
    }

    /// <summary>
    /// Makes a source of random numbers for the layer. Its state is saved with the weights, so that resumed training
    /// draws what uninterrupted training would have drawn.
    /// </summary>
    /// <param name="seed">When not given, the next one of <see cref="RandomGenerator.Default"/>.</param>
    protected RandomGenerator AddGenerator(long? seed = null)
    {
        var generator = new RandomGenerator(seed ?? RandomGenerator.Default.NextSeed());
        generator.State.Name = LayerNames.Unique(generator.State.Name, takenNames);
        states.Add(generator.State);
        return generator;
    }

    /// <summary>The layers this one is made of.</summary>
    internal IReadOnlyList<Layer> Sublayers => sublayers;

    /// <summary>Sets the flag of this layer alone: a rebuilt model gets each layer's own.</summary>
    internal void SetTrainable(bool value) => trainable = value;

    /// <summary>Weights and generator states with their paths in files: "dense_1/kernel".</summary>
    internal IEnumerable<(string Path, Variable Variable, bool IsState)> NamedVariables(string prefix = "")
    {
        foreach (var weight in weights) yield return (prefix + weight.Name, weight, false);
        foreach (var state in states) yield return (prefix + state.Name, state, true);
        foreach (var layer in sublayers)
            foreach (var named in layer.NamedVariables(prefix + layer.Name + "/")) yield return named;
    }

    /// <summary>The penalties of all regularized weights that are trained.</summary>
    internal IEnumerable<Tensor> Penalties()
    {
        foreach (var (weight, regularizer) in regularized)
            if (trainable && weight.Trainable) yield return regularizer.Penalty(weight);
        foreach (var layer in sublayers)
            foreach (var penalty in layer.Penalties()) yield return penalty;
    }
}
