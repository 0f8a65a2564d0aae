using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// Operations whose kernels do not know bfloat16 run in float32: casts around them widen what they read and round what they give. The
/// casts are scalar operations, so they join the chains before and after and the wide values need no pass over memory of their own.
/// Chains read bfloat16 as float32 anyhow: where they read a widened value they get the narrow one, which nobody has to write out wide.
/// </summary>
internal sealed class Widen(Func<Tensor, bool> takesBFloat16)
{
    private readonly Dictionary<Tensor, Tensor> result = [];
    private readonly Dictionary<Tensor, Tensor> widened = [];
    private readonly Dictionary<Tensor, Tensor> readWide = [];

    public static Graph Run(Graph graph, Func<Tensor, bool> takesBFloat16)
    {
        if (graph.Nodes.All(node => node.DType != DType.BFloat16)) return graph;
        var widen = new Widen(takesBFloat16);
        foreach (var node in graph.Nodes) widen.result[node] = Graph.IsLeaf(node) ? node : widen.Rewrite(node);
        return graph.MapRoots(root => widen.result[root]);
    }

    private Tensor Rewrite(Tensor node)
    {
        var inputs = Array.ConvertAll(node.Inputs, input => result[input]);
        if (node.Op is ScalarOp) inputs = Array.ConvertAll(inputs, ReadWide);
        var isNarrow = node.DType == DType.BFloat16 || Array.Exists(inputs, input => input.DType == DType.BFloat16);
        if (!isNarrow || node.Op is ScalarOp or ViewOp or ReshapeOp || takesBFloat16(node))
            return inputs.AsSpan().SequenceEqual(node.Inputs) ? node : new Tensor(node.Op!, inputs);
        return new Tensor(node.Op!, Array.ConvertAll(inputs, Wide)).Cast(node.DType);
    }

    private Tensor ReadWide(Tensor input)
    {
        if (Graph.IsLeaf(input) || input.Op is not CastOp { Type: DType.Float32 } || input.Inputs[0].DType != DType.BFloat16) return input;
        var narrow = input.Inputs[0];
        return readWide.TryGetValue(narrow, out var view) ? view : readWide[narrow] = new ReadWideOp().Apply(narrow);
    }

    private Tensor Wide(Tensor input)
    {
        if (input.DType != DType.BFloat16) return input;
        return widened.TryGetValue(input, out var wide) ? wide : widened[input] = input.Cast(DType.Float32);
    }
}
