using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class PoolingLowering
{
    public static Kernel Max(MaxPool2DOp op, Lowering lowering) => lowering.Node.DType switch
    {
        DType.BFloat16 => Max(op.Window, lowering),
        DType.Float32 => Max<float>(op.Window, lowering),
        _ => Max<double>(op.Window, lowering),
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
        if (lowering.Node.DType == DType.Float32) return slots => MaxPool2D.Pick(window, (float*)slots[x], (float*)slots[y], (float*)slots[v], (float*)slots[picked]);
        return slots => MaxPool2D.Pick(window, (double*)slots[x], (double*)slots[y], (double*)slots[v], (double*)slots[picked]);
    }

    public static Kernel Average(AveragePool2DOp op, Lowering lowering) => lowering.Node.DType switch
    {
        DType.BFloat16 => Average(op.Window, lowering),
        DType.Float32 => Average<float>(op.Window, lowering),
        _ => Average<double>(op.Window, lowering),
    };

    public static Kernel AverageGradient(AveragePool2DGradientOp op, Lowering lowering)
    {
        var (dy, dx, window) = (lowering.Input(0), lowering.Output, op.Window);
        if (lowering.Node.DType == DType.Float32) return slots => AveragePool2D.Gradient(window, (float*)slots[dy], (float*)slots[dx]);
        return slots => AveragePool2D.Gradient(window, (double*)slots[dy], (double*)slots[dx]);
    }

    private static Kernel Max(Window2D window, Lowering lowering)
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        if (lowering.Epilogue is { } program) return slots => MaxPool2D.Forward(window, (BFloat16*)slots[x], (BFloat16*)slots[y], new ProgramEpilogue(program, slots));
        return slots => MaxPool2D.Forward(window, (BFloat16*)slots[x], (BFloat16*)slots[y], default(NoEpilogue));
    }

    private static Kernel Average(Window2D window, Lowering lowering)
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        if (lowering.Epilogue is { } program) return slots => AveragePool2D.Forward(window, (BFloat16*)slots[x], (BFloat16*)slots[y], new ProgramEpilogue(program, slots));
        return slots => AveragePool2D.Forward(window, (BFloat16*)slots[x], (BFloat16*)slots[y], default(NoEpilogue));
    }

    private static Kernel MaxGradient(Window2D window, Lowering lowering)
    {
        var (x, y, dy, dx) = (lowering.Input(0), lowering.Input(1), lowering.Input(2), lowering.Output);
        if (lowering.Epilogue is { } program)
            return slots => MaxPool2D.Gradient(window, (BFloat16*)slots[x], (BFloat16*)slots[y], (BFloat16*)slots[dy], (BFloat16*)slots[dx], new ProgramEpilogue(program, slots));
        return slots => MaxPool2D.Gradient(window, (BFloat16*)slots[x], (BFloat16*)slots[y], (BFloat16*)slots[dy], (BFloat16*)slots[dx], default(NoEpilogue));
    }

    private static Kernel MaxGradient<T>(Window2D window, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y, dy, dx) = (lowering.Input(0), lowering.Input(1), lowering.Input(2), lowering.Output);
        if (lowering.Epilogue is { } program)
            return slots => MaxPool2D.Gradient(window, (T*)slots[x], (T*)slots[y], (T*)slots[dy], (T*)slots[dx], new ProgramEpilogue(program, slots));
        return slots => MaxPool2D.Gradient(window, (T*)slots[x], (T*)slots[y], (T*)slots[dy], (T*)slots[dx], default(NoEpilogue));
    }

    private static Kernel Max<T>(Window2D window, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        if (lowering.Epilogue is { } program) return slots => MaxPool2D.Forward(window, (T*)slots[x], (T*)slots[y], new ProgramEpilogue(program, slots));
        return slots => MaxPool2D.Forward(window, (T*)slots[x], (T*)slots[y], default(NoEpilogue));
    }

    private static Kernel Average<T>(Window2D window, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, y) = (lowering.Input(0), lowering.Output);
        if (lowering.Epilogue is { } program) return slots => AveragePool2D.Forward(window, (T*)slots[x], (T*)slots[y], new ProgramEpilogue(program, slots));
        return slots => AveragePool2D.Forward(window, (T*)slots[x], (T*)slots[y], default(NoEpilogue));
    }
}
