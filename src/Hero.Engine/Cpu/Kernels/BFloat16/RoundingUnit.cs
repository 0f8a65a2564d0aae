using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// AVX512-BF16's rounding of 32 numbers at once, which .NET has no name for. What is too small for a normal number becomes 0, and that is what
/// a <see cref="TileUnit"/> takes it for in any case.
/// </summary>
internal static unsafe class RoundingUnit
{
    private static readonly delegate* unmanaged[SuppressGCTransition]<RoundingCall*, void> Routine =
        IsThere() ? (delegate* unmanaged[SuppressGCTransition]<RoundingCall*, void>)CodeMemory.Place(RoundingAssembly.Assemble()) : null;

    /// <summary>False where the processor has no such instruction or vectors are switched off; nothing else is to be called then.</summary>
    public static bool IsSupported => Routine != null;

    /// <summary>Rows of a left operand as <see cref="BFloat16Packing.Left"/> lays them out.</summary>
    public static void Left(float* source, nint step, int rows, int depth, ushort* target)
    {
        if (rows <= 0) return;
        var (whole, rest) = Math.DivRem(depth, TileUnit.DepthStep);
        var call = new RoundingCall { Source = source, SourceStep = step * sizeof(float), Rows = rows, Steps = whole, RestMask = (nint)((1L << rest) - 1), Target = target };
        Routine(&call);
    }

    /// <summary>Whether the processor has AVX512-BF16.</summary>
    public static bool IsThere()
    {
        const int bfloat16 = 1 << 5;
        if (!Vector512.IsHardwareAccelerated || !Avx512BW.IsSupported || X86Base.CpuId(0, 0).Eax < 7) return false;
        return X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & bfloat16) != 0;
    }
}

/// <summary>Rows to be rounded; assembled code reads this by the offsets of its fields.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RoundingCall
{
    public float* Source;

    /// <summary>Bytes from one row to the next.</summary>
    public nint SourceStep;

    public nint Rows;

    /// <summary>Whole steps of depth, and a bit for each number of one more step that is not whole.</summary>
    public nint Steps, RestMask;

    public ushort* Target;

    /// <summary>The offset of a field, for assembled code.</summary>
    public static int Offset(string field) => (int)Marshal.OffsetOf<RoundingCall>(field);
}
