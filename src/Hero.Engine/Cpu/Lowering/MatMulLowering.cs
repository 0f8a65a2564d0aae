using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class MatMulLowering
{
    public static Kernel Lower(MatMulOp op, Lowering lowering) => BFloat16Lowering.Lower(lowering)
        ?? (lowering.Node.DType == DType.Float32 ? Lower<float>(op, lowering) : Lower<double>(op, lowering));

    private static Kernel Lower<T>(MatMulOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (a, b) = (lowering.Node.Inputs[0].Shape, lowering.Node.Inputs[1].Shape);
        var (batch, m, n) = (lowering.Node.Shape[0], lowering.Node.Shape[1], lowering.Node.Shape[2]);
        var k = op.TransposeA ? a[1] : a[2];
        var (strideA, strideB, strideC) = (a[0] == 1 ? 0 : (nint)a[1] * a[2], b[0] == 1 ? 0 : (nint)b[1] * b[2], (nint)m * n);
        var (slotA, slotB, slotC) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        var (transposeA, transposeB) = (op.TransposeA, op.TransposeB);
        if (lowering.Epilogue is { } program)
            return slots => Gemm.Run((T*)slots[slotA], (T*)slots[slotB], (T*)slots[slotC], m, n, k, transposeA, transposeB, batch, strideA, strideB, strideC, new ProgramEpilogue(program, slots));
        return slots => Gemm.Run((T*)slots[slotA], (T*)slots[slotB], (T*)slots[slotC], m, n, k, transposeA, transposeB, batch, strideA, strideB, strideC, default(NoEpilogue));
    }
}
