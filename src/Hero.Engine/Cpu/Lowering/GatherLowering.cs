using System.Numerics;
using System.Runtime.InteropServices;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class GatherLowering
{
    public static Kernel Gather(GatherOp op, Lowering lowering)
    {
        var (table, indices, y) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        var shape = lowering.Node.Inputs[0].Shape;
        var (count, rows) = ((nint)lowering.Node.Inputs[1].Size, shape[0]);
        // Rows are moved as bytes, whatever they hold.
        var rowBytes = (nint)shape[1..].Size * DTypes.Size(lowering.Node.DType);
        if (lowering.Node.Inputs[1].DType == DType.Int64)
            return slots => Check(Kernels.Gather.Rows(slots[y], slots[table], (long*)slots[indices], count, rowBytes, rows), (long*)slots[indices], rows);
        return slots => Check(Kernels.Gather.Rows(slots[y], slots[table], (int*)slots[indices], count, rowBytes, rows), (int*)slots[indices], rows);
    }

    public static Kernel ScatterAdd(ScatterAddOp op, Lowering lowering) =>
        lowering.Node.DType == DType.Float32 ? ScatterAdd<float>(lowering) : ScatterAdd<double>(lowering);

    private static Kernel ScatterAdd<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, indices, y) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        var shape = lowering.Node.Shape;
        var (count, width, rows, bytes) = ((nint)lowering.Node.Inputs[1].Size, (nint)shape[1..].Size, shape[0], (nuint)lowering.Node.Bytes);
        var wide = lowering.Node.Inputs[1].DType == DType.Int64;
        return slots =>
        {
            NativeMemory.Clear(slots[y], bytes);
            if (wide) Check(Kernels.ScatterAdd.Rows((T*)slots[y], (T*)slots[x], (long*)slots[indices], count, width, rows), (long*)slots[indices], rows);
            else Check(Kernels.ScatterAdd.Rows((T*)slots[y], (T*)slots[x], (int*)slots[indices], count, width, rows), (int*)slots[indices], rows);
        };
    }

    private static void Check<TIndex>(nint bad, TIndex* indices, int rows) where TIndex : unmanaged
    {
        if (bad >= 0)
            throw new ArgumentOutOfRangeException(nameof(indices), $"Gather and ScatterAdd along an axis of {rows} expect indices from {-rows} to {rows - 1}, got {indices[bad]} at position {bad}.");
    }
}
