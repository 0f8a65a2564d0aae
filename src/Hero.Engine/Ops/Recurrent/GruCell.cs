namespace Hero.Ops;

/// <summary>
/// Gated recurrent unit (Cho et al. 2014), gates in the order z, r, g: z = s(xz + pz), r = s(xr + pr), h' = z h + (1 - z) g, where
/// p = h U + b, s is sigmoid and a tanh unless others are given. With the reset after the product (the default) g = a(xg + r pg), else
/// g = a(xg + qg) with q = (r h) U + b.
/// </summary>
internal sealed record GruCell(bool ResetAfter = true, Func<Tensor, Tensor>? Activation = null, Func<Tensor, Tensor>? RecurrentActivation = null) : RecurrentCell
{
    public override int Gates => 3;

    /// <summary>z, r, g and pg.</summary>
    public override int Kept => 4;

    public override bool HasOwnProductGradient => true;

    public override bool IsFused => ResetAfter && Activation is null && RecurrentActivation is null;

    public override Tensor[] Step(Tensor x, Tensor[] states, Func<Tensor, Tensor> product)
    {
        var (activation, sigmoid) = (Activation ?? (v => v.Tanh()), RecurrentActivation ?? (v => v.Sigmoid()));
        var (h, p) = (states[0], product(states[0]));
        var z = sigmoid(Gate(x, 0) + Gate(p, 0));
        var r = sigmoid(Gate(x, 1) + Gate(p, 1));
        var g = activation(Gate(x, 2) + (ResetAfter ? r * Gate(p, 2) : Gate(product(r * h), 2)));
        return [z * h + (1 - z) * g];
    }
}
