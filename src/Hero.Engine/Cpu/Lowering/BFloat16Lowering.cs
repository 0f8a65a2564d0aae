using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>
/// Products and convolutions for the matrix unit: those whose operands are bfloat16, and those of float32 that allow it. The result is
/// float32.
/// </summary>
internal static unsafe class BFloat16Lowering
{
    /// <summary>Whether the unit is there and a product, convolution, recurrence or gradient of one gains from it.</summary>
    public static bool Pays(Tensor node) => node.Op switch
    {
        MatMulOp op => Product.Of(op, node) is var (_, m, n, k) && BFloat16Gemm.Pays(m, n, k, op.TransposeA, IsRounded(node)),
        Conv2DOp op => !op.Depthwise && BFloat16Conv2D.ForwardPays(op.Window),
        Conv2DInputGradientOp op => !op.Depthwise && BFloat16Conv2D.InputGradientPays(op.Window),
        Conv2DFilterGradientOp op => !op.Depthwise && BFloat16Conv2D.FilterGradientPays(op.Window, IsRounded(node)),
        RecurrentOp or RecurrentGradientOp => RecurrentPlan.PaysInBFloat16(node.Inputs[1].Shape[0]),
        _ => false,
    };

    /// <summary>
    /// Whether the unit computes it: its operands are bfloat16 or may be rounded to it, and it gains. In this order: the unit is made ready
    /// the first time somebody asks for it, and a program that never does is not to wait for that.
    /// </summary>
    public static bool Takes(Tensor node)
    {
        var type = node.Inputs[0].DType;
        if (type == DType.BFloat16) return Pays(node);
        if (type != DType.Float32 || Precision(node.Op!) != MatmulPrecision.Medium) return false;
        return Pays(node) && (node.Op is not Conv2DFilterGradientOp op || BFloat16Conv2D.BeatsWinograd(op.Window));
    }

    /// <summary>Whether the unit computes it as three products of rounded operands and remainders, which float32 allows and which gain.</summary>
    public static bool TakesInThreeParts(Tensor node) =>
        node.Inputs[0].DType == DType.Float32 && Precision(node.Op!) == MatmulPrecision.High && node.Op switch
        {
            MatMulOp op => Product.Of(op, node) is var (_, m, n, k) && BFloat16Gemm.ThreePartsPay(m, n, k),
            Conv2DOp op => !op.Depthwise && BFloat16Conv2D.Pointwise(op.Window) is var (pixels, inputs, outputs) && BFloat16Gemm.ThreePartsPay(pixels, outputs, inputs),
            Conv2DInputGradientOp op => !op.Depthwise && BFloat16Conv2D.Pointwise(op.Window) is var (pixels, inputs, outputs) && BFloat16Gemm.ThreePartsPay(pixels, inputs, outputs),
            Conv2DFilterGradientOp op => !op.Depthwise && BFloat16Conv2D.Pointwise(op.Window) is var (pixels, inputs, outputs) && BFloat16Gemm.ThreePartsPay(inputs, outputs, pixels),
            _ => false,
        };

    /// <summary>Whether the unit computes it in one way or the other.</summary>
    public static bool IsForUnit(Tensor node) => Takes(node) || TakesInThreeParts(node);

    /// <summary>
    /// Whether the unit computes a pointwise convolution of float32 whose pixels are in the cache already: where it has half a step of depth, as
    /// rounding and packing cost more than shorter sums take in float32.
    /// </summary>
    public static bool TakesPixels(Tensor convolution) =>
        convolution.Op is Conv2DOp { Precision: MatmulPrecision.Medium, Window: { InChannels: >= TileUnit.DepthStep / 2, OutChannels: >= TileUnit.Columns / 2 } }
        && TileUnit.IsSupported;

    /// <summary>The kernel for the unit; null where it is not to be used.</summary>
    public static Kernel? Lower(Lowering lowering)
    {
        var node = lowering.Node;
        if (TakesInThreeParts(node)) return Lower<float>(node, lowering, inThreeParts: true);
        if (!Takes(node)) return null;
        return node.Inputs[0].DType == DType.BFloat16 ? Lower<BFloat16>(node, lowering) : Lower<float>(node, lowering);
    }

    /// <summary>Where a kernel with an epilogue writes its sums; null where only the epilogue sees them.</summary>
    public static float* Output(void** slots, int slot) => slot == MemoryPlan.NoSlot ? null : (float*)slots[slot];

    private static bool IsRounded(Tensor node) => node.Inputs[0].DType == DType.Float32;

    private static MatmulPrecision Precision(Op op) => op switch
    {
        MatMulOp product => product.Precision,
        Conv2DOp convolution => convolution.Precision,
        Conv2DInputGradientOp gradient => gradient.Precision,
        Conv2DFilterGradientOp gradient => gradient.Precision,
        RecurrentOp recurrence => recurrence.Form.Precision,
        RecurrentGradientOp gradient => gradient.Form.Precision,
        _ => MatmulPrecision.Highest,
    };

    private static Kernel Lower<T>(Tensor node, Lowering lowering, bool inThreeParts = false) where T : unmanaged => node.Op switch
    {
        MatMulOp op => MatMul<T>(op, lowering, inThreeParts),
        Conv2DOp op => Forward<T>(op.Window, lowering, inThreeParts),
        Conv2DInputGradientOp op => InputGradient<T>(op.Window, lowering, inThreeParts),
        Conv2DFilterGradientOp op => FilterGradient<T>(op.Window, lowering, inThreeParts),
        _ => throw new NotSupportedException($"The matrix unit has no kernel for {node.Op!.Name}."),
    };

    private static Kernel MatMul<T>(MatMulOp op, Lowering lowering, bool inThreeParts) where T : unmanaged
    {
        var (batch, m, n, k) = Product.Of(op, lowering.Node);
        var (a, b) = (lowering.Node.Inputs[0].Shape, lowering.Node.Inputs[1].Shape);
        var (strideA, strideB, strideC) = (a[0] == 1 ? 0 : (nint)a[1] * a[2], b[0] == 1 ? 0 : (nint)b[1] * b[2], (nint)m * n);
        var (slotA, slotB, slotC) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        var (transposeA, transposeB) = (op.TransposeA, op.TransposeB);
        if (lowering.Epilogue is { } program)
            return slots => BFloat16Gemm.Run((T*)slots[slotA], (T*)slots[slotB], Output(slots, slotC), m, n, k, transposeA, transposeB, batch, strideA, strideB, strideC, new ProgramEpilogue(program, slots), inThreeParts);
        return slots => BFloat16Gemm.Run((T*)slots[slotA], (T*)slots[slotB], (float*)slots[slotC], m, n, k, transposeA, transposeB, batch, strideA, strideB, strideC, default(NoEpilogue), inThreeParts);
    }

    private static Kernel Forward<T>(Window2D window, Lowering lowering, bool inThreeParts) where T : unmanaged
    {
        var (x, filter, y) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        if (lowering.Epilogue is { } program)
            return slots => BFloat16Conv2D.Forward(window, (T*)slots[x], (T*)slots[filter], Output(slots, y), new ProgramEpilogue(program, slots), inThreeParts);
        return slots => BFloat16Conv2D.Forward(window, (T*)slots[x], (T*)slots[filter], (float*)slots[y], default(NoEpilogue), inThreeParts);
    }

    private static Kernel InputGradient<T>(Window2D window, Lowering lowering, bool inThreeParts) where T : unmanaged
    {
        var (dy, filter, dx) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        if (lowering.Epilogue is { } program)
            return slots => BFloat16Conv2D.InputGradient(window, (T*)slots[dy], (T*)slots[filter], Output(slots, dx), new ProgramEpilogue(program, slots), inThreeParts);
        return slots => BFloat16Conv2D.InputGradient(window, (T*)slots[dy], (T*)slots[filter], (float*)slots[dx], default(NoEpilogue), inThreeParts);
    }

    private static Kernel FilterGradient<T>(Window2D window, Lowering lowering, bool inThreeParts) where T : unmanaged
    {
        var (x, dy, df) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        return slots => BFloat16Conv2D.FilterGradient(window, (T*)slots[x], (T*)slots[dy], (float*)slots[df], inThreeParts);
    }

    /// <summary>The sizes of a product: so many of m x k by k x n.</summary>
    private readonly record struct Product(int Batch, int M, int N, int K)
    {
        public static Product Of(MatMulOp op, Tensor node) =>
            new(node.Shape[0], node.Shape[1], node.Shape[2], node.Inputs[0].Shape[op.TransposeA ? 1 : 2]);
    }
}
