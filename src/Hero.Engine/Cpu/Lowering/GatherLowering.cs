using System.Numerics;
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
        var wide = lowering.Node.Inputs[1].DType == DType.Int64;
        var count = (nint)lowering.Node.Inputs[1].Size;
        // Rows are moved as bytes, whatever they hold.
        var width = (nint)shape[1..].Size * DTypes.Size(lowering.Node.DType);
        return slots =>
        {
            if (!Interim.Gather((byte*)slots[table], slots[indices], wide, (byte*)slots[y], count, shape[0], width, scatter: false)) throw OutOfRange(shape);
        };
    }

    public static Kernel ScatterAdd(ScatterAddOp op, Lowering lowering) =>
        lowering.Node.DType == DType.Float32 ? ScatterAdd<float>(lowering) : ScatterAdd<double>(lowering);

    private static Kernel ScatterAdd<T>(Lowering lowering) where T : unmanaged, INumber<T>
    {
        var (x, indices, y) = (lowering.Input(0), lowering.Input(1), lowering.Output);
        var shape = lowering.Node.Shape;
        var wide = lowering.Node.Inputs[1].DType == DType.Int64;
        var count = (nint)lowering.Node.Inputs[1].Size;
        var width = (nint)shape[1..].Size;
        return slots =>
        {
            new Span<T>(slots[y], (int)shape.Size).Clear();
            if (!Interim.Gather((T*)slots[x], slots[indices], wide, (T*)slots[y], count, shape[0], width, scatter: true)) throw OutOfRange(shape);
        };
    }

    private static ArgumentOutOfRangeException OutOfRange(Shape indices) =>
        new(nameof(indices), $"Gather or ScatterAdd got an index outside {-indices[0]} .. {indices[0] - 1}, the first axis of indices {indices}.");
}
