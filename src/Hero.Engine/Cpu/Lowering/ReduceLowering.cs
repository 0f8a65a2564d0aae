using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class ReduceLowering
{
    public static Kernel Lower(ReduceOp op, Lowering lowering) =>
        Lower(op.Function, lowering, op.Split(lowering.Node.Inputs[0].Shape));

    public static Kernel ArgMax(ArgMaxOp op, Lowering lowering) =>
        Lower(op.Least ? ReduceFunction.ArgMin : ReduceFunction.ArgMax, lowering, new ReduceOp(ReduceFunction.Max, [op.Axis]).Split(lowering.Node.Inputs[0].Shape));

    public static Kernel Moments(MomentsOp op, Lowering lowering)
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        nint channels = lowering.Node.Shape[1];
        var rows = (nint)(lowering.Node.Inputs[0].Size / channels);
        if (lowering.Node.Inputs[0].DType == DType.BFloat16)
            return slots => Kernels.Moments.Run((BFloat16*)slots[x], rows, channels, (float*)slots[y], (float*)slots[y] + channels);
        if (lowering.Node.DType == DType.Float32)
            return slots => Kernels.Moments.Run((float*)slots[x], rows, channels, (float*)slots[y], (float*)slots[y] + channels);
        return slots => Kernels.Moments.Run((double*)slots[x], rows, channels, (double*)slots[y], (double*)slots[y] + channels);
    }

    private static Kernel Lower(ReduceFunction function, Lowering lowering, (long Outer, long Length, long Inner) split)
    {
        var (x, y, type) = (lowering.Input(0), lowering.Output, lowering.Node.Inputs[0].DType);
        var (outer, length, inner) = ((nint)split.Outer, (nint)split.Length, (nint)split.Inner);
        var (kernel, size) = (ReduceKernel.Find(function, type), DTypes.Size(type));
        if (!kernel.Exists) throw new NotSupportedException($"{function} does not exist for {DTypes.Name(type)}. Use Cast(DType.Float32) first.");
        return slots => Reduce.Run(kernel, size, slots[y], slots[x], outer, length, inner);
    }
}
