using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class DepthwiseConv2DLowering
{
    public static Kernel Forward(DepthwiseConv2DOp op, Lowering lowering) =>
        lowering.Node.DType == DType.Float32 ? Forward<float>(op.Window, lowering) : Forward<double>(op.Window, lowering);

    public static Kernel InputGradient(DepthwiseConv2DInputGradientOp op, Lowering lowering)
    {
        var (dy, filter, dx, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Node.DType == DType.Float32) return slots => DepthwiseConv2D.InputGradient(window, (float*)slots[dy], (float*)slots[filter], (float*)slots[dx]);
        return slots => DepthwiseConv2D.InputGradient(window, (double*)slots[dy], (double*)slots[filter], (double*)slots[dx]);
    }

    public static Kernel FilterGradient(DepthwiseConv2DFilterGradientOp op, Lowering lowering)
    {
        var (x, dy, df, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Node.DType == DType.Float32) return slots => DepthwiseConv2D.FilterGradient(window, (float*)slots[x], (float*)slots[dy], (float*)slots[df]);
        return slots => DepthwiseConv2D.FilterGradient(window, (double*)slots[x], (double*)slots[dy], (double*)slots[df]);
    }

    private static Kernel Forward<T>(Window2D window, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, filter, y) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        if (lowering.Epilogue is { } program)
            return slots => DepthwiseConv2D.Forward(window, (T*)slots[x], (T*)slots[filter], (T*)slots[y], new ProgramEpilogue(program, slots));
        return slots => DepthwiseConv2D.Forward(window, (T*)slots[x], (T*)slots[filter], (T*)slots[y], default(NoEpilogue));
    }
}
