using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class ReduceLowering
{
    public static Kernel Lower(ReduceOp op, Lowering lowering) => lowering.Node.DType switch
    {
        DType.Float32 => Lower<float>(op, lowering),
        DType.Float64 => Lower<double>(op, lowering),
        DType.Int32 => Lower<int>(op, lowering),
        DType.Int64 => Lower<long>(op, lowering),
        _ => Lower<byte>(op, lowering),
    };

    public static Kernel ArgMax(ArgMaxOp op, Lowering lowering) => lowering.Node.Inputs[0].DType switch
    {
        DType.Float32 => ArgMax<float>(op, lowering),
        DType.Float64 => ArgMax<double>(op, lowering),
        DType.Int32 => ArgMax<int>(op, lowering),
        DType.Int64 => ArgMax<long>(op, lowering),
        _ => ArgMax<byte>(op, lowering),
    };

    public static Kernel Moments(MomentsOp op, Lowering lowering)
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        nint channels = lowering.Node.Shape[1];
        var rows = (nint)(lowering.Node.Inputs[0].Size / channels);
        if (lowering.Node.DType == DType.Float32) return slots => Interim.Moments((float*)slots[x], (float*)slots[y], rows, channels);
        return slots => Interim.Moments((double*)slots[x], (double*)slots[y], rows, channels);
    }

    private static Kernel Lower<T>(ReduceOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        var (outer, length, inner) = Split(lowering.Node.Inputs[0].Shape, op.Axes[0], op.Axes[op.Axes.Count - 1]);
        var kind = (int)op.Kind;
        return slots => Interim.Reduce(kind, (T*)slots[x], (T*)slots[y], outer, length, inner);
    }

    private static Kernel ArgMax<T>(ArgMaxOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        var (outer, length, inner) = Split(lowering.Node.Inputs[0].Shape, op.Axis, op.Axis);
        var least = op.Least;
        return slots => Interim.ArgMax(least, (T*)slots[x], (long*)slots[y], outer, length, inner);
    }

    /// <summary>A shape seen as [before, the axes first to last, after].</summary>
    private static (nint Outer, nint Length, nint Inner) Split(Shape shape, int first, int last) =>
        ((nint)shape[..first].Size, (nint)shape[first..(last + 1)].Size, (nint)shape[(last + 1)..].Size);
}
