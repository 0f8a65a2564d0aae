using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class PoolingLowering
{
    public static Kernel Max(MaxPool2DOp op, Lowering lowering) => lowering.Node.DType switch
    {
        DType.BFloat16 => Forward<WindowMaximum>(op.Window, lowering),
        DType.Float32 => Forward<WindowMaximum, float>(op.Window, lowering),
        _ => Forward<WindowMaximum, double>(op.Window, lowering),
    };

    public static Kernel MaxGradient(MaxPool2DGradientOp op, Lowering lowering) => lowering.Node.DType switch
    {
        DType.BFloat16 => MaxGradient(op.Window, lowering),
        DType.Float32 => MaxGradient<float>(op.Window, lowering),
        _ => MaxGradient<double>(op.Window, lowering),
    };

    public static Kernel MaxPick(MaxPool2DPickOp op, Lowering lowering)
    {
        var (x, y, v, picked, window) = (lowering.Input(0), lowering.Input(1), lowering.Input(2), lowering.Output, op.Window);
        if (lowering.Node.DType == DType.Float32) return slots => MaxPool2DGradient.Pick(window, (float*)slots[x], (float*)slots[y], (float*)slots[v], (float*)slots[picked]);
        return slots => MaxPool2DGradient.Pick(window, (double*)slots[x], (double*)slots[y], (double*)slots[v], (double*)slots[picked]);
    }

    public static Kernel Average(AveragePool2DOp op, Lowering lowering) => lowering.Node.DType switch
    {
        DType.BFloat16 => Forward<WindowMean>(op.Window, lowering),
        DType.Float32 => Forward<WindowMean, float>(op.Window, lowering),
        _ => Forward<WindowMean, double>(op.Window, lowering),
    };

    public static Kernel AverageGradient(AveragePool2DGradientOp op, Lowering lowering)
    {
        var (dy, dx, window) = (lowering.Input(0), lowering.Output, op.Window);
        if (lowering.Node.DType == DType.Float32) return slots => AveragePool2DGradient.Run(window, (float*)slots[dy], (float*)slots[dx]);
        return slots => AveragePool2DGradient.Run(window, (double*)slots[dy], (double*)slots[dx]);
    }

    private static Kernel Forward<TOperation>(Window2D window, Lowering lowering) where TOperation : struct, IWindowOperation
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        if (lowering.Epilogue is { } program) return slots => Pooling<TOperation>.Forward(window, (BFloat16*)slots[x], (BFloat16*)slots[y], new ProgramEpilogue(program, slots));
        return slots => Pooling<TOperation>.Forward(window, (BFloat16*)slots[x], (BFloat16*)slots[y], default(NoEpilogue));
    }

    private static Kernel MaxGradient(Window2D window, Lowering lowering)
    {
        var (x, y, dy, dx) = (lowering.Input(0), lowering.Input(1), lowering.Input(2), lowering.Output);
        if (lowering.Epilogue is { } program)
            return slots => MaxPool2DGradient.Run(window, (BFloat16*)slots[x], (BFloat16*)slots[y], (BFloat16*)slots[dy], (BFloat16*)slots[dx], new ProgramEpilogue(program, slots));
        return slots => MaxPool2DGradient.Run(window, (BFloat16*)slots[x], (BFloat16*)slots[y], (BFloat16*)slots[dy], (BFloat16*)slots[dx], default(NoEpilogue));
    }

    private static Kernel MaxGradient<T>(Window2D window, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y, dy, dx) = (lowering.Input(0), lowering.Input(1), lowering.Input(2), lowering.Output);
        if (lowering.Epilogue is { } program)
            return slots => MaxPool2DGradient.Run(window, (T*)slots[x], (T*)slots[y], (T*)slots[dy], (T*)slots[dx], new ProgramEpilogue(program, slots));
        return slots => MaxPool2DGradient.Run(window, (T*)slots[x], (T*)slots[y], (T*)slots[dy], (T*)slots[dx], default(NoEpilogue));
    }

    private static Kernel Forward<TOperation, T>(Window2D window, Lowering lowering)
        where TOperation : struct, IWindowOperation
        where T : unmanaged, INumber<T>
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        if (lowering.Epilogue is { } program) return slots => Pooling<TOperation>.Forward(window, (T*)slots[x], (T*)slots[y], new ProgramEpilogue(program, slots));
        return slots => Pooling<TOperation>.Forward(window, (T*)slots[x], (T*)slots[y], default(NoEpilogue));
    }
}
