namespace Hero.Ops;

/// <summary>The fully connected recurrent network (Elman 1990): h' = a(x + h U), where a is tanh unless another is given.</summary>
internal sealed record SimpleRnnCell(Func<Tensor, Tensor>? Activation = null) : RecurrentCell
{
    public override int Gates => 1;

    /// <summary>Nothing: the states say all.</summary>
    public override int Kept => 0;

    public override bool IsFused => Activation is null;

    public override Tensor[] Step(Tensor x, Tensor[] states, Func<Tensor, Tensor> product) =>
        [(Activation ?? (v => v.Tanh()))(x + product(states[0]))];
}
