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
    private readonly Dictionary<(Op, Ids), Tensor> byOperation = [];
    private readonly Dictionary<(DType, Shape, string), Tensor> byContent = [];

    public static Graph Run(Graph graph, bool foldConstants)
    {
        var simplify = new Simplify();
        if (foldConstants) simplify.Fold(graph);
        foreach (var node in graph.Nodes) simplify.result[node] = simplify.Rewrite(node);
        return new Graph(
            graph.Inputs,
            [.. graph.Outputs.Select(output => simplify.result[output])],
            [.. graph.Updates.Select(update => (update.Variable, simplify.result[update.Value]))]);
    }

    private Tensor Rewrite(Tensor node)
    {
        if (result.TryGetValue(node, out var folded)) return folded;
        if (Graph.IsLeaf(node))
        {
            if (node is Variable || node.Value is null || node.Bytes > LargestCompared) return node;
            var key = (node.DType, node.Shape, Convert.ToHexString(node.Value.Span[..(int)node.Bytes]));
            return byContent.TryGetValue(key, out var twin) ? twin : byContent[key] = node;
        }
        var inputs = Array.ConvertAll(node.Inputs, input => result[input]);
        if (Neutral(node, inputs) is { } same) return same;
        var operation = (node.Op!, new Ids(inputs));
        if (byOperation.TryGetValue(operation, out var known)) return known;
        return byOperation[operation] = new Tensor(node.Op!, inputs);
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

    /// <summary>The identities of a node's inputs, compared by value.</summary>
    private readonly struct Ids(Tensor[] inputs) : IEquatable<Ids>
    {
        private readonly Tensor[] inputs = inputs;

        public bool Equals(Ids other) => inputs.AsSpan().SequenceEqual(other.inputs);

        public override bool Equals(object? obj) => obj is Ids other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var input in inputs) hash.Add(input.Id);
            return hash.ToHashCode();
        }
    }
}
