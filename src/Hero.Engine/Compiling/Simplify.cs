using Hero.Ops;

namespace Hero.Compiling;

/// <summary>Common sub-expressions once, arithmetic with neutral elements not at all, and constants computed now.</summary>
internal sealed class Simplify
{
    // Larger constants would only move work from the run into the memory of the plan.
    private const long LargestFolded = 1 << 20;

    // Constants up to this size are compared by content.
    private const long LargestCompared = 64;

    private readonly Dictionary<Tensor, Tensor> result = [];
    private readonly HashSet<Tensor> byOperation = new(new SameOperation());
    private readonly HashSet<Tensor> byContent = new(new SameContent());

    public static Graph Run(Graph graph, bool foldConstants)
    {
        var simplify = new Simplify();
        if (foldConstants) simplify.Fold(graph);
        foreach (var node in graph.Nodes) simplify.result[node] = simplify.Rewrite(node);
        return graph.MapRoots(root => simplify.result[root]);
    }

    private Tensor Rewrite(Tensor node)
    {
        if (result.TryGetValue(node, out var folded)) return folded;
        if (Graph.IsLeaf(node))
        {
            if (node is Variable || node.Value is null || node.Bytes > LargestCompared) return node;
            return First(byContent, node);
        }
        var inputs = Array.ConvertAll(node.Inputs, input => result[input]);
        if (Neutral(node, inputs) is { } same) return same;
        return First(byOperation, new Tensor(node.Op!, inputs));
    }

    /// <summary>The first of all that are the same.</summary>
    private static Tensor First(HashSet<Tensor> known, Tensor tensor)
    {
        if (known.TryGetValue(tensor, out var first)) return first;
        known.Add(tensor);
        return tensor;
    }

    /// <summary>x + 0, x - 0, x * 1 and x / 1 are x; a gradient's rule has done its work.</summary>
    private static Tensor? Neutral(Tensor node, Tensor[] inputs)
    {
        if (node.Op is CustomGradientOp) return inputs[0];
        if (node.Op is ReshapeOp reshape && inputs[0].Shape == reshape.Target) return inputs[0];
        if (node.Op is not BinaryOp { Kind: var kind }) return null;
        return kind switch
        {
            ScalarFunction.Add when IsNumber(inputs[0], 0) => inputs[1],
            ScalarFunction.Multiply when IsNumber(inputs[0], 1) => inputs[1],
            ScalarFunction.Add or ScalarFunction.Subtract when IsNumber(inputs[1], 0) => inputs[0],
            ScalarFunction.Multiply or ScalarFunction.Divide when IsNumber(inputs[1], 1) => inputs[0],
            _ => null,
        };
    }

    private static bool IsNumber(Tensor tensor, double number)
    {
        while (!Graph.IsLeaf(tensor) && tensor.Op is BroadcastToOp or ReshapeOp) tensor = tensor.Inputs[0];
        if (tensor is Variable || tensor.Value is not { } value || tensor.Size != 1) return false;
        return tensor.DType switch
        {
            DType.Float32 => value.As<float>()[0] == number,
            DType.Float64 => value.As<double>()[0] == number,
            DType.BFloat16 => value.As<BFloat16>()[0] == number,
            DType.Int32 => value.As<int>()[0] == number,
            DType.Int64 => value.As<long>()[0] == number,
            _ => false,
        };
    }

    /// <summary>Computes, in one go, the constants that something else is computed from.</summary>
    private void Fold(Graph graph)
    {
        var constant = new HashSet<Tensor>();
        var wanted = new HashSet<Tensor>();
        foreach (var node in graph.Nodes)
        {
            var known = Graph.IsLeaf(node) ? node.Value is not null && node is not Variable : Array.TrueForAll(node.Inputs, constant.Contains);
            if (known) constant.Add(node);
            else foreach (var input in node.Inputs) wanted.Add(input);
        }
        // A view or a reshape of a constant costs nothing to keep: what lies under it is computed instead.
        var targets = new HashSet<Tensor>();
        foreach (var node in wanted.Concat(graph.Roots).Where(constant.Contains))
        {
            var below = node;
            while (!Graph.IsLeaf(below) && below.Op is ViewOp or ReshapeOp) below = below.Inputs[0];
            if (!Graph.IsLeaf(below) && below.Bytes <= LargestFolded) targets.Add(below);
        }
        if (targets.Count == 0) return;
        var list = targets.ToList();
        var values = Evaluator.Evaluate(list);
        for (var i = 0; i < list.Count; i++) result[list[i]] = values[i];
    }

    /// <summary>The same operation on the same inputs.</summary>
    private sealed class SameOperation : IEqualityComparer<Tensor>
    {
        public bool Equals(Tensor? a, Tensor? b) => a!.Op!.Equals(b!.Op) && a.Inputs.AsSpan().SequenceEqual(b.Inputs);

        public int GetHashCode(Tensor node)
        {
            var hash = new HashCode();
            hash.Add(node.Op!.GetHashCode());
            foreach (var input in node.Inputs) hash.Add(input.Id);
            return hash.ToHashCode();
        }
    }

    /// <summary>The same numbers of the same type and shape.</summary>
    private sealed class SameContent : IEqualityComparer<Tensor>
    {
        public bool Equals(Tensor? a, Tensor? b) => a!.DType == b!.DType && a.Shape == b.Shape && Content(a).SequenceEqual(Content(b));

        public int GetHashCode(Tensor constant)
        {
            var hash = new HashCode();
            hash.AddBytes(Content(constant));
            return hash.ToHashCode();
        }

        private static ReadOnlySpan<byte> Content(Tensor constant) => constant.Value!.Span[..(int)constant.Bytes];
    }
}
