using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class SoftmaxLowering
{
    public static Kernel Softmax(SoftmaxOp op, Lowering lowering) => Rows(lowering, log: false);

    public static Kernel LogSoftmax(LogSoftmaxOp op, Lowering lowering) => Rows(lowering, log: true);

    public static Kernel CrossEntropy(SoftmaxCrossEntropyOp op, Lowering lowering)
    {
        var (x, t, z) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        var type = lowering.Node.Inputs[1].DType;
        nint n = lowering.Node.Inputs[0].Shape[^1];
        var rows = (nint)lowering.Node.Size;
        if (lowering.Node.DType == DType.Float32) return slots => Interim.CrossEntropy((float*)slots[x], slots[t], type, (float*)slots[z], rows, n);
        return slots => Interim.CrossEntropy((double*)slots[x], slots[t], type, (double*)slots[z], rows, n);
    }

    private static Kernel Rows(Lowering lowering, bool log)
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        nint n = lowering.Node.Shape[^1];
        var rows = n == 0 ? 0 : (nint)(lowering.Node.Size / n);
        if (lowering.Node.DType == DType.Float32) return slots => Interim.Softmax((float*)slots[x], (float*)slots[y], rows, n, log);
        return slots => Interim.Softmax((double*)slots[x], (double*)slots[y], rows, n, log);
    }
}
