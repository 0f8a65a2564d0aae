namespace Hero.Ops;

/// <summary>How a gradient goes back to the arguments of a function, in place of the derivatives of what computes its value.</summary>
internal abstract record GradientRule
{
    /// <summary>The gradient with respect to each argument; null where nothing flows.</summary>
    /// <param name="value">The function's value.</param>
    /// <param name="arguments">What it was computed from.</param>
    /// <param name="upstream">The gradient with respect to the value.</param>
    public abstract Tensor?[] Gradient(Tensor value, Tensor[] arguments, Tensor upstream);
}

/// <summary>
/// y = the first input, which was computed from the others; dx of the others by a rule, none for the first (what JAX calls custom_vjp).
/// Compiled, it is its first input.
/// </summary>
internal sealed record CustomGradientOp(GradientRule Rule) : Op
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, inputs[0].Shape);

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [null, .. Rule.Gradient(output, output.Inputs[1..], upstream)];
}
