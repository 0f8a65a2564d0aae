using Hero.Compiling;
using Hero.Initializers;
using Hero.Regularizers;
using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// A step of a model: weights and how they make outputs of inputs. Own layers derive from this, make their weights in
/// <see cref="Build(Shape)"/> with <see cref="AddWeight"/>, and say in <see cref="Call(Tensor, bool)"/> what they compute.
/// </summary>
/// <example><code>
/// class Scale : Layer
/// {
///     private Variable? factor;
///     protected override void Build(Shape inputShape) => factor = AddWeight("factor", [inputShape[^1]], "ones");
///     protected override Tensor Call(Tensor input, bool training) => input * factor!;
/// }
/// </code></example>
public abstract partial class Layer
{
    // A batch of 2 stands for any batch when shapes are worked out: a 1 could be squeezed away or broadcast.
    private const int ProbeBatch = 2;

    [ThreadStatic] private static bool isInferring;

    private readonly Lock building = new();
    private string? name;
    private volatile bool isBuilt;

    /// <summary>Starts a layer.</summary>
    /// <param name="name">Unique within its model; when not given the model gives it one: "dense", "dense_1" ...</param>
    /// <param name="dtype">In which type it calculates, a policy or its name; <see cref="MixedPrecision.GlobalPolicy"/> when not given.</param>
    /// <exception cref="ArgumentException">The name is empty or has a slash, which separates names in files.</exception>
    protected Layer(string? name = null, DTypePolicy? dtype = null)
    {
        if (name is not null) LayerNames.Check(name);
        this.name = name;
        DTypePolicy = dtype ?? MixedPrecision.GlobalPolicy;
    }

    /// <summary>The name, unique within the model the layer is in.</summary>
    public string Name => name ?? LayerNames.Default(GetType());

    /// <summary>
    /// What the layer gives in the model that uses it (the first use where there are several), to build another model on:
    /// <c>new Model(inner.Inputs[0], inner.GetLayer("relu_5").Output)</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">No model uses the layer yet.</exception>
    public virtual SymbolicTensor Output => Nodes.Count > 0
        ? Nodes[0].Outputs[0]
        : throw new InvalidOperationException($"{this} is not used in a model yet, so it has no output: apply it to an input first.");

    /// <summary>Whether the layer's output has the mask of its input: true for layers that treat each time step alone (Keras'
    /// <c>supports_masking</c>).</summary>
    protected virtual bool SupportsMasking => false;

    /// <summary>Whether the weights have been made.</summary>
    public bool IsBuilt => isBuilt;

    /// <summary>In which type the layer calculates: floating inputs reach <see cref="Call(Tensor, bool)"/> in its compute type.</summary>
    public DTypePolicy DTypePolicy { get; }

    /// <summary>
    /// The layer on values, batch axis first; builds it if it is not built yet.
    /// </summary>
    /// <param name="input">Shape (batch, ...).</param>
    /// <param name="training">Whether layers behave as they do while training: dropout drops, batch normalization uses the batch.</param>
    /// <exception cref="ArgumentException">The input does not fit the layer.</exception>
    public Tensor Apply(Tensor input, bool training = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Invoke([input], training)[0];
    }

    /// <summary>A layer of several inputs on values.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit the layer.</exception>
    public Tensor Apply(IReadOnlyList<Tensor> inputs, bool training = false)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Invoke([.. inputs], training)[0];
    }

    /// <summary>The layer as a node of a model: Keras' <c>layer(x)</c>. Builds it for the shapes of the inputs.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit the layer.</exception>
    public SymbolicTensor Apply(params ReadOnlySpan<SymbolicTensor> inputs) => ApplyAll(inputs)[0];

    /// <summary>As <see cref="Apply(ReadOnlySpan{SymbolicTensor})"/>, for a model of several outputs that is used as a layer.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit the layer.</exception>
    public IReadOnlyList<SymbolicTensor> ApplyAll(params ReadOnlySpan<SymbolicTensor> inputs)
    {
        var sources = inputs.ToArray();
        var node = new Node(this, sources, Infer(Array.ConvertAll(sources, source => (source.DType, source.Shape))));
        Nodes.Add(node);
        return node.Outputs;
    }

    /// <summary>Type, name and configuration, from which the layer can be made again; weights are not part of it.</summary>
    public virtual Config GetConfig() => new Config().Set("name", Name).Set("trainable", Trainable).Set("dtype", DTypePolicy.Name);

    /// <summary>Makes the weights of a layer of one input.</summary>
    /// <param name="inputShape">The shape of one example: without the batch axis.</param>
    protected virtual void Build(Shape inputShape)
    {
    }

    /// <summary>Makes the weights of a layer of several inputs.</summary>
    /// <param name="inputShapes">The shapes of one example: without the batch axis.</param>
    protected virtual void Build(IReadOnlyList<Shape> inputShapes)
    {
        Build(Only(inputShapes));
    }

    /// <summary>What the layer computes, for one input.</summary>
    /// <param name="input">Shape (batch, ...).</param>
    /// <param name="training">True in <c>Fit</c>, false in <c>Evaluate</c> and <c>Predict</c>.</param>
    /// <returns>Shape (batch, ...).</returns>
    protected virtual Tensor Call(Tensor input, bool training) =>
        throw new NotSupportedException($"{GetType().Name} does not say what it computes: override Call.");

    /// <summary>What the layer computes, for several inputs.</summary>
    /// <param name="inputs">Shapes (batch, ...).</param>
    /// <param name="training">True in <c>Fit</c>, false in <c>Evaluate</c> and <c>Predict</c>.</param>
    /// <returns>Shape (batch, ...).</returns>
    protected virtual Tensor Call(IReadOnlyList<Tensor> inputs, bool training) => Call(Only(inputs), training);

    /// <summary>
    /// A weight as <see cref="Call(Tensor, bool)"/> calculates with it: in the policy's compute type. A float32 weight used as it is makes
    /// the result float32.
    /// </summary>
    protected Tensor Cast(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return DTypePolicy.Cast(weight);
    }

    /// <summary>"Dense 'dense_1'", for messages.</summary>
    public override string ToString() => $"{GetType().Name} '{Name}'";

    /// <summary>The uses of this layer in models, in order.</summary>
    internal List<Node> Nodes { get; } = [];

    /// <summary>The name where one was given; null as long as a model may choose.</summary>
    internal string? GivenName => name;

    /// <summary>Gives the layer its name within a model.</summary>
    internal void SetName(string value) => name = value;

    /// <summary>As <see cref="Cast"/>, for a weight that is not always there.</summary>
    private protected Tensor? CastOrNull(Tensor? weight) => weight is null ? null : Cast(weight);

    /// <summary>The one input, for a layer that takes no more.</summary>
    private protected static T Only<T>(IReadOnlyList<T> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Count == 1 ? inputs[0] : throw new ArgumentException($"expects one input, got {inputs.Count}");
    }

    /// <summary>True while shapes are worked out on a thread: nothing is computed, and no state may be made for the batch that is seen.</summary>
    private protected static bool IsInferring => isInferring;

    /// <summary>All outputs: most layers have one.</summary>
    /// <param name="inputs">Shapes (batch, ...).</param>
    /// <param name="training">As in Call.</param>
    /// <param name="mask">Which time steps count: bool (batch, time); null for all.</param>
    internal virtual Tensor[] CallAll(Tensor[] inputs, bool training, Tensor? mask) => [Call(Array.ConvertAll(inputs, DTypePolicy.Cast), training)];

    /// <summary>The mask of the first output, given that of the first input; layers of several inputs ask <see cref="Masks"/> for the others.</summary>
    internal virtual Tensor? ComputeMask(Tensor[] inputs, Tensor? mask) => SupportsMasking ? mask : null;

    /// <summary>Builds if need be, computes, and names the layer in what goes wrong. Without a mask given the first input's is used.</summary>
    internal Tensor[] Invoke(Tensor[] inputs, bool training, Tensor? mask = null)
    {
        LoadingScope.Current?.CountCall();
        try
        {
            foreach (var input in inputs)
                if (input.Rank == 0) throw new ArgumentException("expects inputs with a batch axis, got a scalar");
            EnsureBuilt(Array.ConvertAll(inputs, input => input.Shape[1..]));
            mask ??= Masks.Of(inputs[0]);
            var outputs = CallAll(inputs, training, mask);
            if (ComputeMask(inputs, mask) is { } outputMask) Masks.Attach(outputs[0], outputMask);
            return outputs;
        }
        catch (ArgumentException error) when (error is not LayerException)
        {
            throw new LayerException($"{this}: {error.Message}", error);
        }
    }

    /// <summary>Makes the weights once; safe from several threads.</summary>
    internal void EnsureBuilt(IReadOnlyList<Shape> inputShapes)
    {
        if (isBuilt) return;
        lock (building)
        {
            if (isBuilt) return;
            // First values are drawn once, not in each run of a function that happens to be traced.
            using (Trace.StepOut())
            using (MixedPrecision.Within(DTypePolicy)) Build(inputShapes);
            isBuilt = true;
        }
    }

    /// <summary>Types and shapes (without batch) of the outputs; builds the layer.</summary>
    internal (DType Type, Shape Shape)[] Infer((DType Type, Shape Shape)[] inputs)
    {
        // Whatever the layer assigns while it is looked at is dropped with the trace.
        using var trace = new Trace();
        var outer = isInferring;
        isInferring = true;
        Tensor[] outputs;
        try
        {
            outputs = Invoke(Array.ConvertAll(inputs, input => new Tensor(input.Type, input.Shape.Prepend(ProbeBatch), null)), training: false);
        }
        finally
        {
            isInferring = outer;
        }
        foreach (var output in outputs)
            if (output.Rank == 0 || output.Shape[0] != ProbeBatch)
                throw new LayerException($"{this}: the output must keep the batch axis of the input; a batch of {ProbeBatch} came out "
                    + $"as {output.Shape}.");
        return Array.ConvertAll(outputs, output => (output.DType, output.Shape[1..]));
    }
}

/// <summary>An input does not fit a layer; the message begins with the layer's type and name.</summary>
internal sealed class LayerException(string message, Exception? cause = null) : ArgumentException(message, cause);
