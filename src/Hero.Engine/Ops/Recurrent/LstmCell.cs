namespace Hero.Ops;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), gates in the order i, f, g, o:
/// i = s(xi + pi), f = s(xf + pf), g = a(xg + pg), o = s(xo + po), c' = f c + i g, h' = o a(c'), where p = h U, s is sigmoid and a tanh
/// unless others are given.
/// </summary>
internal sealed record LstmCell(Func<Tensor, Tensor>? Activation = null, Func<Tensor, Tensor>? RecurrentActivation = null) : RecurrentCell
{
    public override int Gates => 4;

    public override int States => 2;

    /// <summary>The four gates.</summary>
    public override int Kept => 4;

    public override bool IsFused => Activation is null && RecurrentActivation is null;

    public override Tensor[] Step(Tensor x, Tensor[] states, Func<Tensor, Tensor> product)
    {
        var (activation, sigmoid) = (Activation ?? (v => v.Tanh()), RecurrentActivation ?? (v => v.Sigmoid()));
        var sum = x + product(states[0]);
        var c = sigmoid(Gate(sum, 1)) * states[1] + sigmoid(Gate(sum, 0)) * activation(Gate(sum, 2));
        return [sigmoid(Gate(sum, 3)) * activation(c), c];
    }
}
