using Hero.Ops;

namespace Hero.Compiling;

/// <summary>
/// Takes factors of channels into the weights before them, where both are frozen: (x * w) s + b becomes x * (w s) + b for
/// convolutions and matrix products, which is what a batch normalization at inference leaves of itself; and adds up what is added
/// to a channel one after the other. Equal but for rounding.
/// </summary>
internal sealed class FoldChannels
{
    private readonly Frozen frozen;
    private readonly HashSet<Tensor> shared = [];

    private FoldChannels(Graph graph) => frozen = new Frozen(graph);

    public static Graph Run(Graph graph)
    {
        var fold = new FoldChannels(graph);
        var shared = graph.Shared();
        return graph.Map((node, inputs) =>
        {
            var rewritten = fold.Rewrite(node, inputs) ?? new Tensor(node.Op!, inputs);
            if (shared.Contains(node)) fold.shared.Add(rewritten);
            fold.frozen.Contains(rewritten); // asked in order
            return rewritten;
        });
    }

    private Tensor? Rewrite(Tensor node, Tensor[] inputs)
    {
        if (node.Op is not BinaryOp { Kind: ScalarFunction.Multiply or ScalarFunction.Add } op || Array.TrueForAll(inputs, frozen.Contains)) return null;
        for (var i = 0; i < 2; i++)
        {
            if (frozen.Channels(inputs[i]) is not { } channels) continue;
            var other = inputs[1 - i];
            if ((op.Kind == ScalarFunction.Multiply ? Scale(other, channels) : Shift(other, channels)) is { } folded) return folded;
        }
        return null;
    }

    /// <summary>The value times a factor for each channel, with the factor in the weights; null where there are none.</summary>
    private Tensor? Scale(Tensor value, Tensor factor)
    {
        if (Graph.IsLeaf(value) || shared.Contains(value)) return null;
        switch (value.Op)
        {
            case Conv2DOp convolution when frozen.Contains(value.Inputs[1]):
                var filter = value.Inputs[1];
                // A depthwise filter has its output channels in the last two dimensions.
                var aligned = convolution.Depthwise && factor.Size > 1 ? factor.Reshape(filter.Shape[^2..]) : factor;
                return new Tensor(convolution, value.Inputs[0], filter * aligned);
            case MatMulOp product when frozen.Contains(value.Inputs[1]):
                var columns = product.TransposeB && factor.Size > 1 ? factor.ExpandDims(-1) : factor;
                return new Tensor(product, value.Inputs[0], value.Inputs[1] * columns);
            case ReshapeOp reshape when reshape.Target.Rank > 0 && value.Inputs[0].Shape is { Rank: > 0 } from && (factor.Size == 1 || from[^1] == reshape.Target[^1]):
                return Scale(value.Inputs[0], factor) is { } scaled ? new Tensor(reshape, scaled) : null;
            case BinaryOp { Kind: ScalarFunction.Add }:
                for (var i = 0; i < 2; i++)
                    if (frozen.Channels(value.Inputs[i]) is { } shift && Scale(value.Inputs[1 - i], factor) is { } product)
                        return product + (shift * factor).BroadcastTo(value.Shape);
                return null;
            default:
                return null;
        }
    }

    /// <summary>The value with something more added to each channel, where something is already; null where not.</summary>
    private Tensor? Shift(Tensor value, Tensor more)
    {
        if (Graph.IsLeaf(value) || shared.Contains(value) || value.Op is not BinaryOp { Kind: ScalarFunction.Add }) return null;
        for (var i = 0; i < 2; i++)
            if (frozen.Channels(value.Inputs[i]) is { } shift) return value.Inputs[1 - i] + (shift + more).BroadcastTo(value.Shape);
        return null;
    }
}
