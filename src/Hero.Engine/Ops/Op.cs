namespace Hero.Ops;

/// <summary>
/// An operation: what it gives for its inputs (type and shape) and how a change of its output goes back to them. It knows
/// nothing of processors. A record, so that two nodes with equal attributes and the same inputs are found to be the same.
/// </summary>
internal abstract record Op
{
    /// <summary>What messages and profiles call it.</summary>
    public virtual string Name => GetType().Name is var name && name.EndsWith("Op", StringComparison.Ordinal) ? name[..^2] : GetType().Name;

    /// <summary>The type and shape of the result; throws ArgumentException for inputs that do not fit.</summary>
    public abstract (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs);

    /// <summary>
    /// The gradient of a scalar with respect to each input of <paramref name="output"/>, given its gradient with respect to
    /// the output itself (same shape and type as the output); null where nothing flows.
    /// </summary>
    public abstract Tensor?[] Gradient(Tensor output, Tensor upstream);

    /// <summary>The arithmetic operations that an output takes, for profiles; 0 for what moves numbers more than it computes.</summary>
    public virtual double Flops(Tensor output) => 0;

    /// <summary>The node that applies this operation.</summary>
    public Tensor Apply(params Tensor[] inputs) => new(this, inputs);

    public sealed override string ToString() => Name;

    /// <summary>Throws unless an input is of a floating type.</summary>
    protected void RequireFloating(Tensor input)
    {
        if (!DTypes.IsFloating(input.DType))
            throw new ArgumentException($"{Name} needs float32, float64 or bfloat16, got {DTypes.Name(input.DType)} {input.Shape}. Use Cast(DType.Float32) first.");
    }

    /// <summary>Throws unless an input has a number of dimensions.</summary>
    protected void RequireRank(Tensor input, int rank, string meaning)
    {
        if (input.Shape.Rank != rank)
            throw new ArgumentException($"{Name} expects {rank} dimensions {meaning}, got shape {input.Shape}.");
    }

    /// <summary>Throws unless all inputs are of one type.</summary>
    protected void RequireSameType(ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs)
            if (input.DType != inputs[0].DType)
                throw new ArgumentException($"{Name} needs inputs of one type, got {DTypes.Name(inputs[0].DType)} and {DTypes.Name(input.DType)}. Use Cast.");
    }
}

/// <summary>An operation that gives every element of its output from the elements at the same place of its inputs.</summary>
internal abstract record ScalarOp : Op
{
    /// <summary>The kernel that computes it; null for a cast.</summary>
    public abstract ScalarFunction? Function { get; }

    public sealed override double Flops(Tensor output) => output.Size;
}

/// <summary>An operation that moves no data by itself: its output is its input read with other strides.</summary>
internal abstract record ViewOp : Op
{
    /// <summary>The output's view given the input's.</summary>
    public abstract View Of(View input);
}
