namespace Hero.Ops;

/// <summary>
/// bfloat16 in memory as the float32 that a chain of scalar operations reads it as. Made by the compiler, for such readers alone: others
/// would find the narrow numbers.
/// </summary>
internal sealed record ReadWideOp : ViewOp
{
    public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (DTypes.Arithmetic(inputs[0].DType), inputs[0].Shape);

    public override View Of(View input) => input;

    public override Tensor?[] Gradient(Tensor output, Tensor upstream) => [upstream.Cast(output.Inputs[0].DType)];
}
