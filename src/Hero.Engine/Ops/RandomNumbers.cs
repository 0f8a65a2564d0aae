namespace Hero.Ops;

internal enum Distribution
{
    /// <summary>Even in [0, 1).</summary>
    Uniform,

    /// <summary>Mean 0, standard deviation 1.</summary>
    Normal,

    /// <summary>The normal one, drawn again where it is further than 2 from 0.</summary>
    TruncatedNormal,
}

/// <summary>y = numbers that are a function of (key, counter), the int64 pair it gets, and of their place alone. No gradient.</summary>
internal sealed record RandomNumbersOp(Distribution Distribution, DType Type, Shape Target) : Op
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
    {
        if (Type is not (DType.Float32 or DType.Float64)) throw new ArgumentException($"Random numbers are float32 or float64, asked for {DTypes.Name(Type)}. Use Cast on them.");
        return (Type, Target);
    }

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [null];
}
