namespace Hero.Cpu.Kernels;

/// <summary>A stretch of memory, to be read soon.</summary>
internal readonly unsafe struct MemoryRange(void* start, void* end)
{
    public readonly byte* Start = (byte*)start, End = (byte*)end;
}
