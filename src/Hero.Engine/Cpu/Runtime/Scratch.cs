using System.Runtime.InteropServices;

namespace Hero.Cpu.Runtime;

/// <summary>Per-thread scratch memory for kernels: 64-byte aligned, grown on demand, kept until the thread ends.</summary>
internal sealed unsafe class Scratch
{
    private const int Slots = 8;

    [ThreadStatic] private static Scratch? current;

    private readonly void*[] blocks = new void*[Slots];
    private readonly nuint[] sizes = new nuint[Slots];

    ~Scratch()
    {
        foreach (var block in blocks) NativeMemory.AlignedFree(block);
    }

    /// <summary>
    /// At least <paramref name="bytes"/> bytes, uninitialised, valid on this thread until the same slot is asked for again.
    /// Code that calls other code while it holds scratch uses another slot than its callee: packing 0-3 (and 5-7 where a kernel needs more), fused programs 4.
    /// </summary>
    public static byte* Get(int slot, nint bytes)
    {
        var scratch = current ??= new Scratch();
        if (scratch.sizes[slot] < (nuint)bytes)
        {
            NativeMemory.AlignedFree(scratch.blocks[slot]);
            scratch.blocks[slot] = null;
            scratch.sizes[slot] = 0;
            scratch.blocks[slot] = NativeMemory.AlignedAlloc((nuint)bytes, 64);
            scratch.sizes[slot] = (nuint)bytes;
        }
        return (byte*)scratch.blocks[slot];
    }
}
