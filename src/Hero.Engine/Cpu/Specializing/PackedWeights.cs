using Hero.Compiling;
using Hero.Cpu.Lowering;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>Lets convolutions, matrix products and recurrences read frozen weights in packed order: packing them is left to the prologue.</summary>
internal static class PackedWeights
{
    // Smaller products of float32 read their weights where they are: they fit the first-level cache.
    private const long LeastWeights = 16 * 1024;
    private const int FewestRows = 8;

    public static Graph Run(Graph graph)
    {
        var frozen = new Frozen(graph);
        return graph.Map((node, inputs) =>
        {
            var made = new Tensor(node.Op!, inputs);
            made = Packed(made, frozen) ?? made;
            frozen.Contains(made); // asked in order
            return made;
        });
    }

    private static Tensor? Packed(Tensor node, Frozen frozen)
    {
        if (node.Op is not (Conv2DOp { Depthwise: false } or MatMulOp or RecurrentOp)) return null;
        var (x, weights) = (node.Inputs[0], node.Inputs[1]);
        if (!frozen.Contains(weights) || frozen.Contains(x) || BFloat16Lowering.TakesInThreeParts(node)) return null;
        var inBFloat16 = BFloat16Lowering.Takes(node);
        if (!inBFloat16 && weights.DType is not (DType.Float32 or DType.Float64)) return null;
        if (node.Op is Conv2DOp convolution)
            return new Tensor(new PackedConv2DOp(convolution.Window), x, new Tensor(new PackFilterOp(convolution.Window, inBFloat16), weights));
        if (node.Op is RecurrentOp recurrence)
            return new Tensor(new PackedRecurrentOp(recurrence, weights.Shape[0], node.Shape), [x, new Tensor(new PackWeightsOp(weights.Shape[0], InBFloat16: inBFloat16), weights), .. node.Inputs[2..]]);
        var product = (MatMulOp)node.Op;
        if (product.TransposeA || x.Shape[0] != 1 || weights.Shape[0] != 1 || x.Shape[1] < FewestRows || (weights.Size < LeastWeights && !inBFloat16)) return null;
        return new Tensor(new PackedMatMulOp(node.Shape[^1]), x, new Tensor(new PackWeightsOp(x.Shape[^1], product.TransposeB, inBFloat16), weights));
    }
}
