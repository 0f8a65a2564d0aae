using System.Numerics;
using Hero.Compiling;
using Hero.Cpu.Kernels;

namespace Hero.Cpu.Lowering;

/// <summary>Packing weights, and what reads them packed.</summary>
internal static unsafe class PackedLowering
{
    public static Kernel PackWeights(PackWeightsOp op, Lowering lowering) =>
        op.InBFloat16 ? Source(lowering) == DType.BFloat16 ? RoundWeights<BFloat16>(op, lowering) : RoundWeights<float>(op, lowering) : lowering.Node.DType == DType.Float32 ? PackWeights<float>(op, lowering) : PackWeights<double>(op, lowering);

    public static Kernel PackFilter(PackFilterOp op, Lowering lowering)
    {
        var (source, target, window) = (lowering.Input(0), lowering.Output, op.Window);
        if (op.InBFloat16)
        {
            if (Source(lowering) == DType.BFloat16) return slots => BFloat16Conv2D.PackFilter(window, (BFloat16*)slots[source], (ushort*)slots[target]);
            return slots => BFloat16Conv2D.PackFilter(window, (float*)slots[source], (ushort*)slots[target]);
        }
        if (lowering.Node.DType == DType.Float32) return slots => Conv2D.PackFilter(window, (float*)slots[source], (float*)slots[target]);
        return slots => Conv2D.PackFilter(window, (double*)slots[source], (double*)slots[target]);
    }

    public static Kernel Convolution(PackedConv2DOp op, Lowering lowering)
    {
        if (IsInBFloat16(lowering.Node)) return Source(lowering) == DType.BFloat16 ? UnitConvolution<BFloat16>(op, lowering) : UnitConvolution<float>(op, lowering);
        return lowering.Node.DType == DType.Float32 ? Convolution<float>(op, lowering) : Convolution<double>(op, lowering);
    }

    public static Kernel MatMul(PackedMatMulOp op, Lowering lowering)
    {
        if (IsInBFloat16(lowering.Node)) return Source(lowering) == DType.BFloat16 ? UnitMatMul<BFloat16>(lowering) : UnitMatMul<float>(lowering);
        return lowering.Node.DType == DType.Float32 ? MatMul<float>(lowering) : MatMul<double>(lowering);
    }

    /// <summary>Whether the weights of a product or convolution are packed for the matrix unit.</summary>
    public static bool IsInBFloat16(Tensor node) => node.Inputs[1].DType == DType.BFloat16;

    private static DType Source(Lowering lowering) => lowering.Node.Inputs[0].DType;

    private static Kernel RoundWeights<T>(PackWeightsOp op, Lowering lowering) where T : unmanaged
    {
        var ((rows, columns), depth, transposed) = (op.Sides(lowering.Node.Inputs[0].Shape), op.Depth, op.Transposed);
        var (source, target, step) = (lowering.Input(0), lowering.Output, transposed ? rows : columns);
        return slots =>
        {
            var from = (T*)slots[source];
            var to = (ushort*)slots[target];
            for (var row = 0; row < rows; row += depth)
            {
                var count = Math.Min(depth, rows - row);
                new BFloat16Matrix(to, count, columns).Pack(from + (transposed ? row : (nint)row * step), step, transposed);
                to += BFloat16Matrix.Size(count, columns);
            }
        };
    }

    private static Kernel UnitConvolution<T>(PackedConv2DOp op, Lowering lowering) where T : unmanaged
    {
        var (x, filter, y, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Epilogue is { } program) return slots => BFloat16Conv2D.ForwardPacked(window, (T*)slots[x], (ushort*)slots[filter], BFloat16Lowering.Output(slots, y), new ProgramEpilogue(program, slots));
        return slots => BFloat16Conv2D.ForwardPacked(window, (T*)slots[x], (ushort*)slots[filter], (float*)slots[y], default(NoEpilogue));
    }

    private static Kernel UnitMatMul<T>(Lowering lowering) where T : unmanaged
    {
        var (x, weights, y, shape) = (lowering.Input(0), lowering.Input(1), lowering.Output, lowering.Node.Inputs[0].Shape);
        var (rows, depth, columns) = (shape[1], shape[2], lowering.Node.Shape[2]);
        if (lowering.Epilogue is { } program)
            return slots => BFloat16Gemm.RunPacked((T*)slots[x], (ushort*)slots[weights], BFloat16Lowering.Output(slots, y), rows, columns, depth, new ProgramEpilogue(program, slots));
        return slots => BFloat16Gemm.RunPacked((T*)slots[x], (ushort*)slots[weights], (float*)slots[y], rows, columns, depth, default(NoEpilogue));
    }

    private static Kernel PackWeights<T>(PackWeightsOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var ((rows, columns), depth, transposed) = (op.Sides(lowering.Node.Inputs[0].Shape), op.Depth, op.Transposed);
        var (source, target, step) = (lowering.Input(0), lowering.Output, transposed ? rows : columns);
        return slots =>
        {
            T* from = (T*)slots[source], to = (T*)slots[target];
            for (var row = 0; row < rows; row += depth)
            {
                var count = Math.Min(depth, rows - row);
                new PackedMatrix<T>(to, count, columns).Pack(from + (transposed ? row : (nint)row * step), step, transposed);
                to += PackedMatrix<T>.Size(count, columns);
            }
        };
    }

    private static Kernel Convolution<T>(PackedConv2DOp op, Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, filter, y, window) = (lowering.Input(0), lowering.Input(1), lowering.Output, op.Window);
        if (lowering.Epilogue is { } program) return slots => Conv2D.ForwardPacked(window, (T*)slots[x], (T*)slots[filter], (T*)slots[y], new ProgramEpilogue(program, slots));
        return slots => Conv2D.ForwardPacked(window, (T*)slots[x], (T*)slots[filter], (T*)slots[y], default(NoEpilogue));
    }

    private static Kernel MatMul<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, weights, y, shape) = (lowering.Input(0), lowering.Input(1), lowering.Output, lowering.Node.Inputs[0].Shape);
        var (rows, depth, columns) = (shape[1], shape[2], lowering.Node.Shape[2]);
        if (lowering.Epilogue is { } program)
            return slots => Conv2DPointwise<T, ProgramEpilogue>.Run((T*)slots[x], new PackedMatrix<T>((T*)slots[weights], depth, columns), (T*)slots[y], rows, new ProgramEpilogue(program, slots));
        return slots => Conv2DPointwise<T, NoEpilogue>.Run((T*)slots[x], new PackedMatrix<T>((T*)slots[weights], depth, columns), (T*)slots[y], rows, default(NoEpilogue));
    }
}
