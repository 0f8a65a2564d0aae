using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>Products and convolutions for the matrix unit; null for those that do not allow it or would not gain.</summary>
internal static unsafe class BFloat16Lowering
{
    public static Kernel? MatMul(MatMulOp op, Lowering lowering)
    {
        if (op.Precision != MatmulPrecision.Medium) return null;
        var (a, b) = (lowering.Node.Inputs[0].Shape, lowering.Node.Inputs[1].Shape);
        var (batch, m, n) = (lowering.Node.Shape[0], lowering.Node.Shape[1], lowering.Node.Shape[2]);
        var k = op.TransposeA ? a[1] : a[2];
        if (!BFloat16Gemm.Pays(m, n, k)) return null;
        var (strideA, strideB, strideC) = (a[0] == 1 ? 0 : (nint)a[1] * a[2], b[0] == 1 ? 0 : (nint)b[1] * b[2], (nint)m * n);
        var (slotA, slotB, slotC) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        var (transposeA, transposeB) = (op.TransposeA, op.TransposeB);
        if (lowering.Epilogue is { } program)
            return slots => BFloat16Gemm.Run((float*)slots[slotA], (float*)slots[slotB], (float*)slots[slotC], m, n, k, transposeA, transposeB, batch, strideA, strideB, strideC, new ProgramEpilogue(program, slots));
        return slots => BFloat16Gemm.Run((float*)slots[slotA], (float*)slots[slotB], (float*)slots[slotC], m, n, k, transposeA, transposeB, batch, strideA, strideB, strideC, default(NoEpilogue));
    }

    public static Kernel? Forward(Conv2DOp op, Lowering lowering)
    {
        if (op.Precision != MatmulPrecision.Medium || op.Depthwise || !BFloat16Conv2D.ForwardPays(op.Window)) return null;
        var (x, filter, y, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Epilogue is { } program)
            return slots => BFloat16Conv2D.Forward(window, (float*)slots[x], (float*)slots[filter], (float*)slots[y], new ProgramEpilogue(program, slots));
        return slots => BFloat16Conv2D.Forward(window, (float*)slots[x], (float*)slots[filter], (float*)slots[y], default(NoEpilogue));
    }

    public static Kernel? InputGradient(Conv2DInputGradientOp op, Lowering lowering)
    {
        if (op.Precision != MatmulPrecision.Medium || op.Depthwise || !BFloat16Conv2D.InputGradientPays(op.Window)) return null;
        var (dy, filter, dx, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        return slots => BFloat16Conv2D.InputGradient(window, (float*)slots[dy], (float*)slots[filter], (float*)slots[dx]);
    }

    public static Kernel? FilterGradient(Conv2DFilterGradientOp op, Lowering lowering)
    {
        if (op.Precision != MatmulPrecision.Medium || op.Depthwise || !BFloat16Conv2D.FilterGradientPays(op.Window)) return null;
        var (x, dy, df, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        return slots => BFloat16Conv2D.FilterGradient(window, (float*)slots[x], (float*)slots[dy], (float*)slots[df]);
    }
}
