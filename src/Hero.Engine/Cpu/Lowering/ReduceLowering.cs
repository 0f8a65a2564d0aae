using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class ReduceLowering
{
    public static Kernel Lower(ReduceOp op, Lowering lowering) =>
        Lower(op.Function, lowering, op.Axes[0], op.Axes[op.Axes.Count - 1]);

    public static Kernel ArgMax(ArgMaxOp op, Lowering lowering) =>
        Lower(op.Least ? ReduceFunction.ArgMin : ReduceFunction.ArgMax, lowering, op.Axis, op.Axis);

    public static Kernel Moments(MomentsOp op, Lowering lowering)
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        nint channels = lowering.Node.Shape[1];
        var rows = (nint)(lowering.Node.Inputs[0].Size / channels);
        if (lowering.Node.DType == DType.Float32)
            return slots => Kernels.Moments.Run((float*)slots[x], rows, channels, (float*)slots[y], (float*)slots[y] + channels);
        return slots => Kernels.Moments.Run((double*)slots[x], rows, channels, (double*)slots[y], (double*)slots[y] + channels);
    }

    /// <summary>The input is seen as [before, the axes first to last, after].</summary>
    private static Kernel Lower(ReduceFunction function, Lowering lowering, int first, int last)
    {
        var (x, y, type) = (lowering.Input(0), lowering.Output, lowering.Node.Inputs[0].DType);
        var shape = lowering.Node.Inputs[0].Shape;
        var (outer, length, inner) = ((nint)shape[..first].Size, (nint)shape[first..(last + 1)].Size, (nint)shape[(last + 1)..].Size);
        var (kernel, size) = (ReduceKernel.Find(function, type), DTypes.Size(type));
        if (!kernel.Exists) throw new NotSupportedException($"{function} does not exist for {DTypes.Name(type)}. Use Cast(DType.Float32) first.");
        return slots => Reduce.Run(kernel, size, slots[y], slots[x], outer, length, inner);
    }
}
