using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// Where each tensor of a graph is read from: a base that has memory of its own, and a view of it. Views and reshapes cost
/// nothing as long as the reader can follow strides; a reader that cannot asks for <see cref="DenseBase"/>.
/// </summary>
internal sealed class Layout
{
    private readonly Dictionary<Tensor, (Tensor Base, View View)> places = [];
    private readonly HashSet<Tensor> copies = [];

    public Layout(Graph graph)
    {
        foreach (var node in graph.Nodes) places[node] = Place(node);
        foreach (var node in graph.Nodes)
            if (!Graph.IsLeaf(node) && node.Op is not (ScalarOp or ViewOp or ReshapeOp))
                foreach (var input in node.Inputs) RequireDense(input);
        foreach (var root in graph.Roots) RequireDense(root);
    }

    /// <summary>Views and reshapes whose value must be written out, because somebody cannot follow strides.</summary>
    public IReadOnlySet<Tensor> Copies => copies;

    /// <summary>How a fused program reads a tensor.</summary>
    public (Tensor Base, View View) Of(Tensor tensor) => places[tensor];

    /// <summary>The tensor whose memory holds all elements of this one in row-major order.</summary>
    public Tensor DenseBase(Tensor tensor)
    {
        if (copies.Contains(tensor)) return tensor;
        return places[tensor].Base;
    }

    /// <summary>True for a tensor that is another's memory read otherwise.</summary>
    public bool IsAlias(Tensor tensor) => !Graph.IsLeaf(tensor) && tensor.Op is ViewOp or ReshapeOp && !ReferenceEquals(places[tensor].Base, tensor);

    private void RequireDense(Tensor tensor)
    {
        var (home, view) = places[tensor];
        if (!ReferenceEquals(home, tensor) && !view.IsDense) copies.Add(tensor);
    }

    private (Tensor Base, View View) Place(Tensor node)
    {
        if (Graph.IsLeaf(node) || node.Op is not (ViewOp or ReshapeOp)) return (node, View.Dense(node.Shape));
        var (home, view) = places[node.Inputs[0]];
        if (node.Op is ViewOp op) return (home, op.Of(view));
        if (view.IsDense) return (home, View.Dense(node.Shape));
        if (TryUnits(view, node.Shape) is { } reshaped) return (home, reshaped);
        // Rows of a strided view do not run on into each other: the value is written out here.
        copies.Add(node);
        return (node, View.Dense(node.Shape));
    }

    /// <summary>A reshape that only adds or drops dimensions of 1 keeps the strides of the others.</summary>
    private static View? TryUnits(View view, Shape shape)
    {
        var strides = new nint[shape.Rank];
        var from = 0;
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis] == 1) continue;
            while (from < view.Shape.Rank && view.Shape[from] == 1) from++;
            if (from == view.Shape.Rank || view.Shape[from] != shape[axis]) return null;
            strides[axis] = view.Strides[from++];
        }
        while (from < view.Shape.Rank && view.Shape[from] == 1) from++;
        return from == view.Shape.Rank ? new View(shape, view.Offset, strides) : null;
    }
}
