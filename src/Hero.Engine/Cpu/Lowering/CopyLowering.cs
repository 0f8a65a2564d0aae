using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>Writes out a view, element by element in row-major order, for readers that cannot follow strides.</summary>
internal static unsafe class CopyLowering
{
    public static Kernel Lower(Tensor copy, Layout layout, MemoryPlan memory)
    {
        // A reshape of a strided view reads its input's elements in order; a view reads through itself.
        var (home, view) = copy.Op is ReshapeOp ? layout.Of(copy.Inputs[0]) : layout.Of(copy);
        var strides = new StridedLayout(view.Shape.Dimensions, view.Strides);
        var (from, to, size) = (memory.SlotOfBase(home), memory.SlotOfBase(copy), DTypes.Size(copy.DType));
        var offset = view.Offset * size;
        return slots => StridedCopy.RunAll(size, slots[to], (byte*)slots[from] + offset, strides);
    }
}
