namespace Hero.Layers;

/// <summary>
/// A value between the layers of a model: shape and type are known, numbers are not. Made by <see cref="Input"/> and by
/// <see cref="Layer.Apply(ReadOnlySpan{SymbolicTensor})"/>; Keras calls it KerasTensor.
/// </summary>
public sealed class SymbolicTensor
{
    internal SymbolicTensor(Node node, int index, DType type, Shape shape)
    {
        Node = node;
        Index = index;
        DType = type;
        Shape = shape;
    }

    /// <summary>The shape of one example: without the batch axis.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the elements.</summary>
    public DType DType { get; }

    /// <summary>The layer that gives the value.</summary>
    public Layer Layer => Node.Layer;

    internal Node Node { get; }

    /// <summary>Which of the layer's outputs it is.</summary>
    internal int Index { get; }

    /// <summary>Type and shape, with None for the batch.</summary>
    public override string ToString() => $"SymbolicTensor({DTypes.Name(DType)}, {Batched(Shape)}, {Layer.Name})";

    /// <summary>A shape as Keras prints it: (None, 28, 28, 1).</summary>
    internal static string Batched(Shape shape) => shape.Rank == 0 ? "(None,)" : $"(None, {string.Join(", ", shape.ToArray())})";
}

/// <summary>One use of a layer: what goes in and what comes out.</summary>
internal sealed class Node
{
    private static long lastId;

    public Node(Layer layer, SymbolicTensor[] inputs, (DType Type, Shape Shape)[] outputs)
    {
        Layer = layer;
        Inputs = inputs;
        Outputs = new SymbolicTensor[outputs.Length];
        for (var i = 0; i < outputs.Length; i++) Outputs[i] = new SymbolicTensor(this, i, outputs[i].Type, outputs[i].Shape);
    }

    /// <summary>The order of creation, which is an order of computation: inputs are older.</summary>
    public long Id { get; } = Interlocked.Increment(ref lastId);

    public Layer Layer { get; }

    public SymbolicTensor[] Inputs { get; }

    public SymbolicTensor[] Outputs { get; }
}
