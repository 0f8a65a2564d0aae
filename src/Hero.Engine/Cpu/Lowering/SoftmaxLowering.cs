using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class SoftmaxLowering
{
    public static Kernel Softmax(SoftmaxOp op, Lowering lowering) =>
        IsSingle(lowering) ? Softmax<float>(lowering) : Softmax<double>(lowering);

    public static Kernel LogSoftmax(LogSoftmaxOp op, Lowering lowering) =>
        IsSingle(lowering) ? LogSoftmax<float>(lowering) : LogSoftmax<double>(lowering);

    public static Kernel SoftmaxGradient(SoftmaxGradientOp op, Lowering lowering) =>
        IsSingle(lowering) ? SoftmaxGradient<float>(lowering) : SoftmaxGradient<double>(lowering);

    public static Kernel LogSoftmaxGradient(LogSoftmaxGradientOp op, Lowering lowering) =>
        IsSingle(lowering) ? LogSoftmaxGradient<float>(lowering) : LogSoftmaxGradient<double>(lowering);

    public static Kernel CrossEntropy(SoftmaxCrossEntropyOp op, Lowering lowering) =>
        IsSingle(lowering) ? CrossEntropy<float>(lowering) : CrossEntropy<double>(lowering);

    public static Kernel CrossEntropyGradient(SoftmaxCrossEntropyGradientOp op, Lowering lowering) =>
        IsSingle(lowering) ? CrossEntropyGradient<float>(lowering) : CrossEntropyGradient<double>(lowering);

    private static Kernel Softmax<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y, (rows, n)) = (lowering.Input(0), lowering.Output, Rows(lowering));
        return slots => SoftmaxKernels.Softmax((T*)slots[y], (T*)slots[x], rows, n);
    }

    private static Kernel LogSoftmax<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y, (rows, n)) = (lowering.Input(0), lowering.Output, Rows(lowering));
        return slots => SoftmaxKernels.LogSoftmax((T*)slots[y], (T*)slots[x], rows, n);
    }

    private static Kernel SoftmaxGradient<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (y, dy, dx, (rows, n)) = (lowering.Input(0), lowering.Input(1), lowering.Output, Rows(lowering));
        return slots => SoftmaxKernels.SoftmaxGradient((T*)slots[dx], (T*)slots[y], (T*)slots[dy], rows, n);
    }

    private static Kernel LogSoftmaxGradient<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (y, dy, dx, (rows, n)) = (lowering.Input(0), lowering.Input(1), lowering.Output, Rows(lowering));
        return slots => SoftmaxKernels.LogSoftmaxGradient((T*)slots[dx], (T*)slots[y], (T*)slots[dy], rows, n);
    }

    private static Kernel CrossEntropy<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, t, z, (rows, n)) = (lowering.Input(0), lowering.Input(1), lowering.Output, Rows(lowering));
        return lowering.Node.Inputs[1].DType switch
        {
            DType.Int32 => slots => SoftmaxKernels.CrossEntropy((T*)slots[z], (T*)slots[x], (int*)slots[t], rows, n),
            DType.Int64 => slots => SoftmaxKernels.CrossEntropy((T*)slots[z], (T*)slots[x], (long*)slots[t], rows, n),
            _ => slots => SoftmaxKernels.CrossEntropy((T*)slots[z], (T*)slots[x], (T*)slots[t], rows, n),
        };
    }

    private static Kernel CrossEntropyGradient<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, t, dz, dx, (rows, n)) = (lowering.Input(0), lowering.Input(1), lowering.Input(2), lowering.Output, Rows(lowering));
        return lowering.Node.Inputs[1].DType switch
        {
            DType.Int32 => slots => SoftmaxKernels.CrossEntropyGradient((T*)slots[dx], (T*)slots[x], (int*)slots[t], (T*)slots[dz], rows, n),
            DType.Int64 => slots => SoftmaxKernels.CrossEntropyGradient((T*)slots[dx], (T*)slots[x], (long*)slots[t], (T*)slots[dz], rows, n),
            _ => slots => SoftmaxKernels.CrossEntropyGradient((T*)slots[dx], (T*)slots[x], (T*)slots[t], (T*)slots[dz], rows, n),
        };
    }

    private static bool IsSingle(Lowering lowering) => lowering.Node.DType == DType.Float32;

    /// <summary>The first input seen as rows of n.</summary>
    private static (nint Rows, nint N) Rows(Lowering lowering)
    {
        var shape = lowering.Node.Inputs[0].Shape;
        return ((nint)shape[..^1].Size, shape[^1]);
    }
}
