using Hero.Saving;

namespace Hero.Initializers;

/// <summary>All values the same number: "zeros" and "ones" are such.</summary>
/// <param name="value">The number.</param>
public sealed class Constant(double value = 0) : Initializer(null)
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    private protected override Config GetConfig() => new Config().Set("value", Value);

    private protected override Tensor Values(Shape shape, long seed, DType type) => Tensor.Full(shape, Value, type);
}
