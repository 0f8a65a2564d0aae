namespace Hero.Layers;

/// <summary>
/// A function of a tensor that layers apply to their output, with the name files know it by. A name stands for Keras' function
/// of that name: <c>activation: "relu"</c>.
/// </summary>
public sealed class ActivationFunction
{
    private readonly Func<Tensor, Tensor> function;

    /// <summary>A function of one's own. Register it with <see cref="Saving.CustomObjects"/> to load models that use it.</summary>
    /// <param name="name">What files call it.</param>
    /// <param name="function">Gives a tensor of the same shape.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public ActivationFunction(string name, Func<Tensor, Tensor> function)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        Name = name;
        this.function = function;
    }

    /// <summary>The name: "relu".</summary>
    public string Name { get; }

    /// <summary>Keras' function of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static implicit operator ActivationFunction(string name) => Activations.Get(name);

    /// <summary>The function's value.</summary>
    public Tensor Apply(Tensor x) => function(x);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
