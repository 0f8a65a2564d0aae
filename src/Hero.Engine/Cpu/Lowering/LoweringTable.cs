using Hero.Compiling;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>Which lowering computes which operation: one line for each operation with a kernel of its own.</summary>
internal static class LoweringTable
{
    private static readonly Dictionary<Type, Entry> Table = [];

    static LoweringTable()
    {
        Add<MatMulOp>(MatMulLowering.Lower, hasEpilogue: Always, takesBFloat16: BFloat16Lowering.Pays, hidesOutput: BFloat16Lowering.IsForUnit);
        Add<Conv2DOp>(Conv2DLowering.Forward, hasEpilogue: Always, takesIntake: Conv2DLowering.TakesIntake, takesBFloat16: BFloat16Lowering.Pays, hidesOutput: BFloat16Lowering.IsForUnit);
        Add<Conv2DInputGradientOp>(Conv2DLowering.InputGradient, hasEpilogue: BFloat16Lowering.IsForUnit, takesBFloat16: BFloat16Lowering.Pays, hidesOutput: BFloat16Lowering.IsForUnit);
        Add<Conv2DFilterGradientOp>(Conv2DLowering.FilterGradient, takesIntake: Conv2DLowering.TakesIntake, takesBFloat16: BFloat16Lowering.Pays);
        Add<Conv2DGradientsOp>(Conv2DLowering.Gradients, takesIntake: Conv2DLowering.TakesIntake, takesSums: Always);
        Add<InvertedResidualOp>(InvertedResidualLowering.Block);
        Add<PackedConv2DOp>(PackedLowering.Convolution, hasEpilogue: Always, hidesOutput: PackedLowering.IsInBFloat16);
        Add<PackedMatMulOp>(PackedLowering.MatMul, hasEpilogue: Always, hidesOutput: PackedLowering.IsInBFloat16);
        Add<PackFilterOp>(PackedLowering.PackFilter);
        Add<PackWeightsOp>(PackedLowering.PackWeights);
        Add<MaxPool2DOp>(PoolingLowering.Max, hasEpilogue: Always, takesBFloat16: Always);
        Add<MaxPool2DGradientOp>(PoolingLowering.MaxGradient, hasEpilogue: Always, takesBFloat16: Always);
        Add<MaxPool2DPickOp>(PoolingLowering.MaxPick);
        Add<AveragePool2DOp>(PoolingLowering.Average, hasEpilogue: Always, takesBFloat16: Always);
        Add<AveragePool2DGradientOp>(PoolingLowering.AverageGradient);
        Add<ResizeOp>(ResizeLowering.Forward);
        Add<ResizeGradientOp>(ResizeLowering.Gradient);
        Add<ReduceOp>(ReduceLowering.Lower);
        Add<ArgMaxOp>(ReduceLowering.ArgMax);
        Add<MomentsOp>(ReduceLowering.Moments, takesBFloat16: Always);
        Add<SoftmaxOp>(SoftmaxLowering.Softmax);
        Add<LogSoftmaxOp>(SoftmaxLowering.LogSoftmax);
        Add<SoftmaxGradientOp>(SoftmaxLowering.SoftmaxGradient);
        Add<LogSoftmaxGradientOp>(SoftmaxLowering.LogSoftmaxGradient);
        Add<SoftmaxCrossEntropyOp>(SoftmaxLowering.CrossEntropy);
        Add<SoftmaxCrossEntropyGradientOp>(SoftmaxLowering.CrossEntropyGradient);
        Add<RecurrentOp>(RecurrentLowering.Forward);
        Add<PackedRecurrentOp>(RecurrentLowering.Packed);
        Add<RecurrentGradientOp>(RecurrentLowering.Backward);
        Add<GatherOp>(GatherLowering.Gather, takesBFloat16: Always);
        Add<ScatterAddOp>(GatherLowering.ScatterAdd);
        Add<PadOp>(ScatterLowering.Pad, takesBFloat16: Always);
        Add<ConcatenateOp>(ScatterLowering.Concatenate, takesBFloat16: Always);
        Add<RandomNumbersOp>(RandomLowering.Numbers);
        Add<DropoutOp>(RandomLowering.Dropout, takesBFloat16: Always);
    }

    public static bool HasEpilogue(Tensor node) => Table.TryGetValue(node.Op!.GetType(), out var entry) && entry.HasEpilogue?.Invoke(node) == true;

    public static bool TakesIntake(Tensor node, int input) => Table.TryGetValue(node.Op!.GetType(), out var entry) && entry.TakesIntake?.Invoke(node, input) == true;

    public static bool TakesSums(Tensor node) => Table.TryGetValue(node.Op!.GetType(), out var entry) && entry.TakesSums?.Invoke(node) == true;

    public static bool TakesBFloat16(Tensor node) => Table.TryGetValue(node.Op!.GetType(), out var entry) && entry.TakesBFloat16?.Invoke(node) == true;

    public static bool HidesOutput(Tensor node) => Table.TryGetValue(node.Op!.GetType(), out var entry) && entry.HidesOutput?.Invoke(node) == true;

    public static Kernel Lower(Op op, Lowering lowering) => Table.TryGetValue(op.GetType(), out var entry)
        ? entry.Lower(op, lowering)
        : throw new NotSupportedException($"The processor has no kernel for {op.Name}: add its lowering to {nameof(LoweringTable)}.");

    private static void Add<TOp>(Func<TOp, Lowering, Kernel> lower, Func<Tensor, bool>? hasEpilogue = null, Func<Tensor, bool>? takesBFloat16 = null, Func<Tensor, bool>? hidesOutput = null, Func<Tensor, int, bool>? takesIntake = null, Func<Tensor, bool>? takesSums = null) where TOp : Op =>
        Table.Add(typeof(TOp), new Entry((op, lowering) => lower((TOp)op, lowering), hasEpilogue, takesBFloat16, hidesOutput, takesIntake, takesSums));

    private static bool Always(Tensor node) => true;

    private sealed record Entry(Func<Op, Lowering, Kernel> Lower, Func<Tensor, bool>? HasEpilogue, Func<Tensor, bool>? TakesBFloat16, Func<Tensor, bool>? HidesOutput, Func<Tensor, int, bool>? TakesIntake, Func<Tensor, bool>? TakesSums);
}
