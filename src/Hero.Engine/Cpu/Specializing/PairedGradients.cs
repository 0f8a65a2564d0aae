using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Lowering;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// Lets the two gradients of a convolution be computed together where that goes over less memory: both read the gradient of the output. Behind batch
/// normalization that is a chain of scalar operations, which the kernel then makes as it reads it (<see cref="Intakes"/>), instead of each of them after it was written.
/// </summary>
internal static class PairedGradients
{
    public static Graph Run(Graph graph)
    {
        var position = new Dictionary<Tensor, int>();
        var ofFilter = new Dictionary<Tensor, List<Tensor>>();   // by the gradient of the output
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            position[node] = i;
            if (!Graph.IsLeaf(node) && node.Op is Conv2DFilterGradientOp) (ofFilter.TryGetValue(node.Inputs[1], out var list) ? list : ofFilter[node.Inputs[1]] = []).Add(node);
        }
        var partner = new Dictionary<Tensor, Tensor>();
        foreach (var node in graph.Nodes)
        {
            if (Graph.IsLeaf(node) || node.Op is not Conv2DInputGradientOp op || !ofFilter.TryGetValue(node.Inputs[0], out var list)) continue;
            if (list.Find(other => !partner.ContainsKey(other) && IsPair(node, op, other)) is not { } filter) continue;
            (partner[node], partner[filter]) = (filter, node);
        }
        if (partner.Count == 0) return graph;

        var result = new Dictionary<Tensor, Tensor>();
        foreach (var node in graph.Nodes)
        {
            if (Graph.IsLeaf(node)) result[node] = node;
            else if (!partner.TryGetValue(node, out var other)) result[node] = new Tensor(node.Op!, Array.ConvertAll(node.Inputs, input => result[input]));
            else if (!result.ContainsKey(node))
            {
                var (input, filter) = node.Op is Conv2DInputGradientOp ? (node, other) : (other, node);
                var op = (Conv2DInputGradientOp)input.Op!;
                result[input] = new Tensor(new Conv2DGradientsOp(op.Window, op.Depthwise), result[filter.Inputs[0]], result[input.Inputs[0]], result[input.Inputs[1]]);
                result[filter] = new Tensor(new Conv2DGradientsFilterOp(), result[input]);
            }
        }
        return graph.MapRoots(root => result[root]);

        // What both read is there when the first of them is due.
        bool IsPair(Tensor input, Conv2DInputGradientOp op, Tensor filter) =>
            Pays(op, input, filter) && filter.Op is Conv2DFilterGradientOp other && (other.Window, other.Depthwise) == (op.Window, op.Depthwise) && filter.Shape == input.Inputs[1].Shape
            && filter.DType == DType.Float32 && filter.Inputs[0].DType == DType.Float32 && !BFloat16Lowering.IsForUnit(filter)
            && Math.Min(position[input], position[filter]) is var first && input.Inputs.Concat(filter.Inputs).All(operand => position[operand] < first);
    }

    private static bool Pays(Conv2DInputGradientOp op, Tensor node, Tensor filter)
    {
        if (node.DType != DType.Float32 || node.Inputs[0].DType != DType.Float32 || BFloat16Lowering.IsForUnit(node)) return false;
        if (op.Depthwise) return DepthwiseGradients.Takes(op.Window);
        return PointwiseGradients.Takes(op.Window) && (IsMade(node.Inputs[0]) || IsMade(filter.Inputs[0]));
    }

    /// <summary>Whether a value probably becomes an intake of the kernel.</summary>
    private static bool IsMade(Tensor value) => value.Bytes >= Intakes.LeastBytes && Recompute.IsCheap(value);
}
