using Hero.Saving;

namespace Hero.Layers;

/// <summary>
/// Where data enters a model: the shape of one example, without the batch axis. First in a <see cref="Sequential"/>, or the
/// beginning of a functional model.
/// </summary>
/// <example><code>
/// var x = new Input(28, 28, 1);
/// var y = new Dense(10).Apply(new Flatten().Apply(x));
/// var model = new Model(x, y);
/// </code></example>
public sealed class Input : Layer
{
    /// <summary>An input of float32.</summary>
    /// <param name="shape">The shape of one example; nothing for single numbers.</param>
    public Input(params ReadOnlySpan<int> shape)
        : this(new Shape(shape))
    {
    }

    /// <summary>An input of any type.</summary>
    /// <param name="shape">The shape of one example.</param>
    /// <param name="type">Data of other types is converted to it.</param>
    /// <param name="name">The layer's name.</param>
    public Input(Shape shape, DType type = DType.Float32, string? name = null)
        : base(name, DTypePolicy.Float32)
    {
        Shape = shape;
        DType = type;
        Nodes.Add(new Node(this, [], [(type, shape)]));
    }

    /// <summary>The shape of one example.</summary>
    public Shape Shape { get; }

    /// <summary>The type that the model's first layers get.</summary>
    public DType DType { get; }

    /// <summary>An input is the value that enters there.</summary>
    public static implicit operator SymbolicTensor(Input input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Output;
    }

    /// <inheritdoc/>
    protected override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Config GetConfig() => base.GetConfig().SetShape("shape", Shape).Set("dtype", DTypes.Name(DType));

    internal static Input FromConfig(Config config) => new(config.GetShape("shape"), config.GetDType("dtype"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor input, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        // Keras: a flat array of numbers is a column of them.
        if (input.Rank == 1 && Shape == new Shape(1)) input = input.ExpandDims(-1);
        if (input.Shape[1..] != Shape)
            throw new ArgumentException($"expects data of shape {SymbolicTensor.Batched(Shape)}, got {input.Shape}");
        return input.Cast(DType);
    }
}
