namespace Hero.Ops;

/// <summary>What a recurrent network computes at one time step.</summary>
internal abstract record RecurrentCell
{
    /// <summary>How many numbers per unit the input and the state are projected to.</summary>
    public abstract int Gates { get; }

    /// <summary>How many numbers per unit go on to the next step; the first of them is the output h.</summary>
    public virtual int States => 1;

    /// <summary>How many numbers per unit and step the gradient's kernel needs besides the states.</summary>
    public abstract int Kept { get; }

    /// <summary>Whether the gradient of the state's projection is another one than that of the input's.</summary>
    public virtual bool HasOwnProductGradient => false;

    /// <summary>Whether there is a kernel for the whole sequence; false for activations other than the usual ones.</summary>
    public abstract bool IsFused { get; }

    /// <summary>One step in elementary operations: the specification of the kernel.</summary>
    /// <param name="x">The projected input with its bias: (batch, gates * units).</param>
    /// <param name="states">The states before: <see cref="States"/> times (batch, units).</param>
    /// <param name="product">h -> h U + b, the projection of a state: (batch, units) -> (batch, gates * units).</param>
    /// <returns>The states after.</returns>
    public abstract Tensor[] Step(Tensor x, Tensor[] states, Func<Tensor, Tensor> product);

    /// <summary>The part of a projection that belongs to a gate.</summary>
    protected Tensor Gate(Tensor projection, int gate)
    {
        var units = projection.Shape[1] / Gates;
        return projection[.., (gate * units)..((gate + 1) * units)];
    }
}
