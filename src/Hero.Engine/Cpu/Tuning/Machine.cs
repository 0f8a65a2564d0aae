using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu;

/// <summary>What measurements hold for.</summary>
internal static class Machine
{
    /// <summary>The processor's name, how many of them there are, and the width of the vectors in use.</summary>
    public static string Processor { get; } = $"{Name()}, {Environment.ProcessorCount} processors, {Bits()}-bit vectors";

    /// <summary>Which build of the engine this is.</summary>
    public static string Engine { get; } = typeof(Machine).Module.ModuleVersionId.ToString();

    private static int Bits() => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 32;

    private static string Name()
    {
        const int brand = unchecked((int)0x80000000);
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(brand, 0).Eax < 0x80000004) return RuntimeInformation.ProcessArchitecture.ToString();
        // 48 characters in three times four registers.
        Span<int> name = stackalloc int[12];
        for (var i = 0; i < 3; i++) (name[4 * i], name[4 * i + 1], name[4 * i + 2], name[4 * i + 3]) = X86Base.CpuId(brand + 2 + i, 0);
        return System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes(name)).Trim('\0', ' ');
    }
}
