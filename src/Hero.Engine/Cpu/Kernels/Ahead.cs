using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Asks for memory before it is needed. Processors do that by themselves, but not far enough ahead, nor beyond the end of a page: loops over
/// arrays in memory ran up to 1.4 times as fast with it.
/// </summary>
internal static unsafe class Ahead
{
    /// <summary>Arrays of so many bytes come from memory rather than from a cache.</summary>
    public const long LeastBytes = 12 << 20;

    private const int Bytes = 4096;

    /// <summary>Brings what lies a page further on to the second-level cache. Any address will do: one that does not exist is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(void* place)
    {
        if (Sse.IsSupported) Sse.Prefetch1((byte*)place + Bytes);
    }
}
