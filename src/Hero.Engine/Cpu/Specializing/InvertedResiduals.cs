using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Lowering;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>
/// Finds the blocks of mobile networks in a graph whose weights are frozen, biases folded: (widening pointwise convolution,)
/// depthwise convolution, narrowing pointwise convolution (, residual). Each becomes one operation, and its weights are packed in
/// the prologue, for the matrix unit where it may take the pointwise convolutions.
/// </summary>
internal sealed class InvertedResiduals
{
    private readonly Frozen frozen;
    private readonly HashSet<Tensor> shared = [];
    private readonly Tuner? tuner;

    private InvertedResiduals(Graph graph, Tuner? tuner) => (frozen, this.tuner) = (new Frozen(graph), tuner);

    public static Graph Run(Graph graph, Tuner? tuner)
    {
        if (!graph.Nodes.Any(node => node.Op is Conv2DOp { Depthwise: true })) return graph;
        var pass = new InvertedResiduals(graph, tuner);
        var shared = graph.Shared();
        return graph.Map((node, inputs) =>
        {
            var made = new Tensor(node.Op!, inputs);
            made = pass.Block(made) ?? pass.WithResidual(made) ?? made;
            if (shared.Contains(node)) pass.shared.Add(made);
            pass.frozen.Contains(made); // asked in order
            return made;
        });
    }

    private Tensor? Block(Tensor node)
    {
        if (Biased(node) is not var (project, projectBias) || !IsPointwise(project, out var outChannels) || project.Inputs[0].DType != DType.Float32) return null;
        var (behind, second) = Held(project.Inputs[0]);
        if (behind is null || Biased(behind) is not var (depthwise, filterBias)) return null;
        if (depthwise.Op is not Conv2DOp { Depthwise: true, Window: var window } || window.InChannels != window.OutChannels || !frozen.Contains(depthwise.Inputs[1])) return null;

        var wide = depthwise.Inputs[0];
        var (before, first) = Held(wide);
        Tensor[] head = before is not null && Biased(before) is var (expand, expandBias) && IsPointwise(expand, out _) && expand.Inputs[0].DType == DType.Float32
            ? [expand.Inputs[0], Pack(expand, expand.Inputs[1].Shape[2]), expandBias]
            : [wide];
        var expands = head.Length > 1;
        var plan = InvertedResidualTuning.Choose(
            tuner, window, head[0].Shape[^1], outChannels, expands, expands && ((PackWeightsOp)head[1].Op!).InBFloat16, BFloat16Lowering.TakesPixels(project));
        var op = new InvertedResidualOp(window, plan, outChannels, expands, Adds: false, first, second);
        return new Tensor(op, [.. head, depthwise.Inputs[1], filterBias, Pack(project, plan.ProjectDepth(window.InChannels)), projectBias]);
    }

    private Tensor? WithResidual(Tensor node)
    {
        if (node.Op is not BinaryOp { Kind: ScalarFunction.Add }) return null;
        for (var i = 1; i >= 0; i--)
            if (node.Inputs[i] is { Op: InvertedResidualOp { Adds: false } block } inner && !shared.Contains(inner))
                return new Tensor(block with { Adds = true }, [.. inner.Inputs, node.Inputs[1 - i]]);
        return null;
    }

    /// <summary>A convolution that nobody else reads, and what is added to each of its channels.</summary>
    private (Tensor Convolution, Tensor Bias)? Biased(Tensor node)
    {
        if (Graph.IsLeaf(node) || node.Op is not BinaryOp { Kind: ScalarFunction.Add } || node.DType != DType.Float32) return null;
        for (var i = 0; i < 2; i++)
            if (!Graph.IsLeaf(node.Inputs[1 - i]) && node.Inputs[1 - i] is { Op: Conv2DOp } convolution && !shared.Contains(convolution) && frozen.Channels(node.Inputs[i]) is { } bias)
                return (convolution, bias.BroadcastTo([convolution.Shape[^1]]));
        return null;
    }

    /// <summary>The value below an activation that cuts off, and where; the value itself where there is none; null where others read them.</summary>
    private (Tensor? Value, (float Low, float High) Range) Held(Tensor value)
    {
        if (Graph.IsLeaf(value) || shared.Contains(value)) return default;
        if (value.Op is not UnaryOp { Kind: ScalarFunction.Relu or ScalarFunction.Relu6 } op) return (value, (float.NegativeInfinity, float.PositiveInfinity));
        return (shared.Contains(value.Inputs[0]) ? null : value.Inputs[0], (0, op.Kind == ScalarFunction.Relu ? float.PositiveInfinity : 6));
    }

    private bool IsPointwise(Tensor node, out int outChannels)
    {
        outChannels = node.Shape[^1];
        return node.Op is Conv2DOp { Depthwise: false, Window: { KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, PadTop: 0, PadLeft: 0, Groups: 1 } window }
            && window.OutHeight == window.InHeight && window.OutWidth == window.InWidth && frozen.Contains(node.Inputs[1]);
    }

    private static Tensor Pack(Tensor convolution, int depth) =>
        new(new PackWeightsOp(depth, InBFloat16: BFloat16Lowering.TakesPixels(convolution)), convolution.Inputs[1]);
}
