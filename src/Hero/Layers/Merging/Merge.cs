namespace Hero.Layers;

/// <summary>What layers share that make one output of several inputs. A time step of the output counts where that of any input does; the
/// output has no mask where an input has none.</summary>
public abstract class Merge : Layer
{
    private protected Merge(string? name, DTypePolicy? dtype)
        : base(name, dtype)
    {
    }

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count < 2)
            throw new ArgumentException($"merges at least two inputs, got {inputShapes.Count}; apply it to all of them: layer.Apply(a, b)");
    }

    internal override Tensor? ComputeMask(Tensor[] inputs, Tensor? mask)
    {
        var masks = Array.ConvertAll(inputs, Masks.Of);
        return masks.Contains(null) ? null : masks.Aggregate((any, next) => any! | next!);
    }

    /// <summary>All inputs put together two by two, element by element; one of fewer axes gets axes of 1 after the batch.</summary>
    private protected static Tensor Fold(IReadOnlyList<Tensor> inputs, Func<Tensor, Tensor, Tensor> combine)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var rank = inputs.Max(input => input.Rank);
        return inputs.Select(input => Extend(input, rank)).Aggregate(combine);
    }

    private static Tensor Extend(Tensor input, int rank)
    {
        while (input.Rank < rank) input = input.ExpandDims(1);
        return input;
    }
}
