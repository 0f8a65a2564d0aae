using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>One call of a block kernel: target = function(a, b, c), all operands by number.</summary>
internal readonly unsafe record struct ProgramInstruction(nint Function, int Target, int A, int B, int C)
{
    /// <summary>The function by its name and the type it calculates in; null for conversions.</summary>
    public ScalarFunction? Operation { get; init; }

    public DType Type { get; init; }

    public delegate*<void*, void*, void*, void*, nint, void> Kernel => (delegate*<void*, void*, void*, void*, nint, void>)Function;
}

/// <summary>A value of the program: read from or written to a slot at the flat place, or held in a register of one block.</summary>
internal unsafe struct ProgramOperand
{
    public int Slot;
    public int Register;
    public int ElementSize;

    /// <summary>A load fills its register by following strides.</summary>
    public bool IsLoad;

    /// <summary>True for a load of bfloat16, which is float32 in the register.</summary>
    public bool IsWidened;
    public nint Offset;
    public StridedLayout Layout;

    /// <summary>After how many elements a load repeats itself; 1 for a scalar, 0 for never.</summary>
    public long Period;

    /// <summary>True for a load whose register is the same for all blocks, so that it is filled once.</summary>
    public bool IsHoisted;

    public readonly void Load(byte* register, void** slots, nint start, nint count)
    {
        if (!IsWidened)
        {
            StridedCopy.Run(ElementSize, register, (byte*)slots[Slot] + Offset * ElementSize, Layout, start, count);
            return;
        }
        var upper = register + count * sizeof(BFloat16);
        StridedCopy.Run(sizeof(BFloat16), upper, (byte*)slots[Slot] + Offset * sizeof(BFloat16), Layout, start, count);
        CastKernels.Find(DType.BFloat16, DType.Float32)(register, upper, null, null, count);
    }
}
