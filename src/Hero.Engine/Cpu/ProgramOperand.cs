using System.Runtime.CompilerServices;
using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu;

/// <summary>One call of a block kernel: target = function(a, b, c), all operands by number.</summary>
internal readonly unsafe record struct ProgramInstruction(nint Function, int Target, int A, int B, int C)
{
    /// <summary>The function by its name and, below, the type it calculates in; null for conversions.</summary>
    public ScalarFunction? Operation { get; init; }

    /// <summary>What kind of conversion it is where it has no operation.</summary>
    public ProgramConversion Conversion { get; init; }

    public DType Type { get; init; }

    public delegate*<void*, void*, void*, void*, nint, void> Kernel => (delegate*<void*, void*, void*, void*, nint, void>)Function;
}

/// <summary>Conversions within float32, bfloat16 being a form of it in memory.</summary>
internal enum ProgramConversion
{
    /// <summary>None, or one between other types.</summary>
    None,

    /// <summary>bfloat16 in memory to float32.</summary>
    Widen,

    /// <summary>float32 to bfloat16 in memory.</summary>
    Narrow,

    /// <summary>float32 to the nearest number that bfloat16 has.</summary>
    Round,

    /// <summary>float32 as it is.</summary>
    Copy,
}

/// <summary>A value of the program: read from or written to a slot at the flat place, or held in a register of one block.</summary>
internal unsafe struct ProgramOperand
{
    /// <summary>The slot in memory; <see cref="MemoryPlan.NoSlot"/> for the output of a kernel that hands it over part by part.</summary>
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

    /// <summary>True for a load whose register is the same so many elements further on.</summary>
    public readonly bool RepeatsAfter(nint step) => IsLoad && Period > 0 && (Period == 1 || step % (nint)Period == 0);

    public readonly void Load(byte* register, void** slots, nint start, nint count)
    {
        if (IsWidened)
        {
            var upper = register + count * sizeof(BFloat16);
            StridedCopy.Run(sizeof(BFloat16), upper, (byte*)slots[Slot] + Offset * sizeof(BFloat16), Layout, start, count);
            CastKernels.Find(DType.BFloat16, DType.Float32)(register, upper, null, null, count);
            return;
        }
        var source = (byte*)slots[Slot] + Offset * ElementSize;
        if (Period == 1) Fill(register, source, count);
        else if (IsRow && start % (nint)Period is var column && column + count <= Period)
            Unsafe.CopyBlockUnaligned(register, source + column * ElementSize, (uint)(count * ElementSize));
        else StridedCopy.Run(ElementSize, register, source, Layout, start, count);
    }

    /// <summary>True for a load that repeats one row that lies in memory without gaps: a bias.</summary>
    private readonly bool IsRow => Period > 1 && Layout.Rank == 2 && Layout.Stride(1) == 1;

    // Epilogues load their constants for a few dozen elements at a time: what is general about strides would take most of the time.
    private readonly void Fill(byte* register, byte* source, nint count)
    {
        switch (ElementSize)
        {
            case 1: new Span<byte>(register, (int)count).Fill(*source); break;
            case 2: new Span<ushort>(register, (int)count).Fill(*(ushort*)source); break;
            case 4: new Span<uint>(register, (int)count).Fill(*(uint*)source); break;
            default: new Span<ulong>(register, (int)count).Fill(*(ulong*)source); break;
        }
    }
}
