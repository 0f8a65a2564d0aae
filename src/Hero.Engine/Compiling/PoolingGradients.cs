using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// What comes after the gradient of max pooling moves before it, where there are fewer elements. Each window's dy goes to one place of x,
/// whose value is the window's y: the gradient of an activation there may be taken at y as well as at x, bit for bit; and the sum over the
/// pictures is that of dy, equal but for rounding.
/// </summary>
internal static class PoolingGradients
{
    public static Graph Run(Graph graph)
    {
        if (!graph.Nodes.Any(node => node.Op is MaxPool2DGradientOp)) return graph;
        var shared = graph.Shared();
        return graph.Map((node, inputs) => Rewrite(node, inputs, shared) ?? (inputs.AsSpan().SequenceEqual(node.Inputs) ? node : new Tensor(node.Op!, inputs)));
    }

    private static Tensor? Rewrite(Tensor node, Tensor[] inputs, HashSet<Tensor> shared)
    {
        if (node.Op is BinaryOp { Kind: ScalarFunction.ReluGradient or ScalarFunction.Relu6Gradient } activation)
        {
            if (inputs[1].Op is not MaxPool2DGradientOp gradient || shared.Contains(node.Inputs[1]) || Graph.IsLeaf(inputs[1])) return null;
            var (x, y, dy) = (inputs[1].Inputs[0], inputs[1].Inputs[1], inputs[1].Inputs[2]);
            return ReferenceEquals(x, inputs[0]) ? gradient.Apply(x, y, activation.Apply(y, dy)) : null;
        }
        if (node.Op is ReduceOp { Function: ReduceFunction.Sum } sum && inputs[0].Op is MaxPool2DGradientOp { Window: var window } && !Graph.IsLeaf(inputs[0]))
            return sum.Axes.Contains(1) && sum.Axes.Contains(2) && EachWindowHasCells(window) ? sum.Apply(inputs[0].Inputs[2]) : null;
        return null;
    }

    /// <summary>Whether no window lies in the padding alone: its dy would be lost.</summary>
    private static bool EachWindowHasCells(in Window2D w) =>
        w is { DilationHeight: 1, DilationWidth: 1 }
        && HasCells(w.InHeight, w.OutHeight, w.KernelHeight, w.StrideHeight, w.PadTop) && HasCells(w.InWidth, w.OutWidth, w.KernelWidth, w.StrideWidth, w.PadLeft);

    private static bool HasCells(int inputs, int outputs, int kernel, int stride, int padding) => padding < kernel && (outputs - 1) * stride - padding < inputs;
}
