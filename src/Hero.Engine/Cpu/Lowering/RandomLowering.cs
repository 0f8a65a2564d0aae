using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>Random numbers of the stream that an int64 pair (key, counter) names when the step runs.</summary>
internal static unsafe class RandomLowering
{
    public static Kernel Numbers(RandomNumbersOp op, Lowering lowering)
    {
        var (state, y, size, type, distribution) = (lowering.Input(0), lowering.Output, (nint)lowering.Node.Size, op.Type, op.Distribution);
        return slots => RandomKernels.Fill(distribution, type, slots[y], size, ((ulong*)slots[state])[0], ((ulong*)slots[state])[1]);
    }

    public static Kernel Dropout(DropoutOp op, Lowering lowering)
    {
        var (x, state, y, size, type, rate) = (lowering.Input(0), lowering.Input(1), lowering.Output, (nint)lowering.Node.Size, lowering.Node.DType, op.Rate);
        return slots => RandomKernels.Drop(type, slots[y], slots[x], size, rate, ((ulong*)slots[state])[0], ((ulong*)slots[state])[1]);
    }
}
