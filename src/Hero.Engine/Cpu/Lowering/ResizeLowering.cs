using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class ResizeLowering
{
    public static Kernel Forward(ResizeOp op, Lowering lowering) =>
        lowering.Node.DType == DType.Float32 ? Forward<float>(op, lowering) : Forward<double>(op, lowering);

    public static Kernel Gradient(ResizeGradientOp op, Lowering lowering) =>
        lowering.Node.DType == DType.Float32 ? Gradient<float>(op, lowering) : Gradient<double>(op, lowering);

    private static Kernel Forward<T>(ResizeOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y, shape, antialias) = (lowering.Input(0), lowering.Output, Sizes(op.Source, op.Target), op.Antialias);
        if (op.Interpolation == Interpolation.Nearest) return slots => ResizeNearest.Forward(shape, (T*)slots[x], (T*)slots[y]);
        return slots => ResizeBilinear.Forward(shape, (T*)slots[x], (T*)slots[y], halfPixelCenters: true, antialias);
    }

    private static Kernel Gradient<T>(ResizeGradientOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (dy, dx, shape, antialias) = (lowering.Input(0), lowering.Output, Sizes(op.Source, op.Target), op.Antialias);
        if (op.Interpolation == Interpolation.Nearest) return slots => ResizeNearest.Gradient(shape, (T*)slots[dy], (T*)slots[dx]);
        return slots => ResizeBilinear.Gradient(shape, (T*)slots[dy], (T*)slots[dx], halfPixelCenters: true, antialias);
    }

    private static ResizeShape Sizes(Shape source, Shape target) => new(source[0], source[1], source[2], source[3], target[1], target[2]);
}
