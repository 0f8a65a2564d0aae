using Hero.Saving;

namespace Hero.Regularizers;

/// <summary>A penalty on a layer's weights that is added to the loss. The names "l1", "l2" and "l1_l2" stand for Keras' defaults.</summary>
public abstract class Regularizer
{
    private protected Regularizer()
    {
    }

    /// <summary>Keras' regularizer of a name, with a factor of 0.01.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static implicit operator Regularizer(string name) => name switch
    {
        "l1" => new L1(),
        "l2" => new L2(),
        "l1_l2" => new L1L2(0.01, 0.01),
        _ => throw new ArgumentException($"There is no regularizer \"{name}\"; there are l1, l2, l1_l2.", nameof(name)),
    };

    /// <summary>The penalty, a scalar.</summary>
    public abstract Tensor Penalty(Tensor weight);

    internal abstract Config Write();

    internal static Registry<Regularizer> Registry { get; } = new("regularizer")
    {
        [nameof(L1L2)] = config => new L1L2(config.GetDouble("l1"), config.GetDouble("l2")),
    };
}

/// <summary>l1 * sum |w| + l2 * sum w^2.</summary>
public class L1L2 : Regularizer
{
    private readonly double l1;
    private readonly double l2;

    /// <summary>Creates the regularizer.</summary>
    /// <param name="l1">The factor of the sum of absolute values.</param>
    /// <param name="l2">The factor of the sum of squares.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is negative.</exception>
    public L1L2(double l1 = 0, double l2 = 0)
    {
        if (!(l1 >= 0)) throw new ArgumentOutOfRangeException(nameof(l1), l1, $"A regularizer's factor is 0 or more, got {l1}.");
        if (!(l2 >= 0)) throw new ArgumentOutOfRangeException(nameof(l2), l2, $"A regularizer's factor is 0 or more, got {l2}.");
        this.l1 = l1;
        this.l2 = l2;
    }

    /// <inheritdoc/>
    public override Tensor Penalty(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (l1 == 0) return weight.Square().Sum() * l2;
        var absolute = weight.Abs().Sum() * l1;
        return l2 == 0 ? absolute : absolute + weight.Square().Sum() * l2;
    }

    internal override Config Write() => Registry<Regularizer>.Write(nameof(L1L2), new Config().Set("l1", l1).Set("l2", l2));
}

/// <summary>l1 * sum |w|: drives weights to 0.</summary>
/// <param name="l1">The factor.</param>
public sealed class L1(double l1 = 0.01) : L1L2(l1, 0);

/// <summary>l2 * sum w^2: keeps weights small.</summary>
/// <param name="l2">The factor.</param>
public sealed class L2(double l2 = 0.01) : L1L2(0, l2);
