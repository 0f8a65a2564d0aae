using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class Conv2DLowering
{
    public static Kernel Forward(Conv2DOp op, Lowering lowering) =>
        lowering.Node.DType == DType.Float32 ? Forward<float>(op.Window, lowering) : Forward<double>(op.Window, lowering);

    public static Kernel InputGradient(Conv2DInputGradientOp op, Lowering lowering)
    {
        var (dy, filter, dx, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Node.DType == DType.Float32) return slots => Conv2D.InputGradient(window, (float*)slots[dy], (float*)slots[filter], (float*)slots[dx]);
        return slots => Conv2D.InputGradient(window, (double*)slots[dy], (double*)slots[filter], (double*)slots[dx]);
    }

    public static Kernel FilterGradient(Conv2DFilterGradientOp op, Lowering lowering)
    {
        var (x, dy, df, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Node.DType == DType.Float32) return slots => Conv2D.FilterGradient(window, (float*)slots[x], (float*)slots[dy], (float*)slots[df]);
        return slots => Conv2D.FilterGradient(window, (double*)slots[x], (double*)slots[dy], (double*)slots[df]);
    }

    private static Kernel Forward<T>(Window2D window, Lowering lowering) where T : unmanaged
    {
        var (x, filter, y) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        if (lowering.Epilogue is { } program)
            return slots => Conv2D.Forward(window, (T*)slots[x], (T*)slots[filter], (T*)slots[y], new ProgramEpilogue(program, slots));
        return slots => Conv2D.Forward(window, (T*)slots[x], (T*)slots[filter], (T*)slots[y], default(NoEpilogue));
    }
}
