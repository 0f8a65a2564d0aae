namespace Hero.Ops;

/// <summary>Which cell runs, which of the optional inputs there are, and how exactly products of float32 are computed; gates and states are of the inputs' type.</summary>
internal sealed record RecurrentForm(RecurrentCell Cell, bool HasBias, bool HasInitial, bool HasMask, MatmulPrecision Precision);

/// <summary>
/// What a recurrence over T time steps of a batch B is computed from, where u units have G gates and S states.
/// </summary>
/// <param name="X">The projected inputs of all steps, their bias added: (T, B, G u).</param>
/// <param name="Kernel">U, which projects the state: (u, G u).</param>
/// <param name="Bias">What is added to each projection of the state: (G u).</param>
/// <param name="Initial">The states before the first step: (S, B, u); zeros when not given.</param>
/// <param name="Mask">Which steps of which samples count: bool (T, B). A step that does not count leaves the states as they are.</param>
internal readonly record struct RecurrentArguments(Tensor X, Tensor Kernel, Tensor? Bias, Tensor? Initial, Tensor? Mask)
{
    public int Steps => X.Shape[0];

    public int Batch => X.Shape[1];

    public int Units => Kernel.Shape[0];

    /// <summary>The arguments as inputs of an operation, and back.</summary>
    public Tensor[] ToArray() => [.. new[] { X, Kernel, Bias, Initial, Mask }.OfType<Tensor>()];

    public static RecurrentArguments Of(RecurrentForm form, ReadOnlySpan<Tensor> inputs)
    {
        var next = 2;
        return new(
            inputs[0], inputs[1], form.HasBias ? inputs[next++] : null, form.HasInitial ? inputs[next++] : null,
            form.HasMask ? inputs[next] : null);
    }

    public RecurrentForm Form(RecurrentCell cell, MatmulPrecision? precision) =>
        new(cell, Bias is not null, Initial is not null, Mask is not null, MatmulPrecisions.Of(X.DType, precision));
}
