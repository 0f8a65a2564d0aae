using System.Runtime.InteropServices;
using Hero.Cpu.Kernels;

namespace Hero.Benchmarks;

/// <summary>Aligned floats between -1 and 1, outside the garbage collector's reach.</summary>
internal sealed unsafe class Floats : IDisposable
{
    public Floats(nint count)
    {
        Count = count;
        Data = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        for (nint i = 0; i < count; i++) Data[i] = (i % 251 - 125) / 128f;
    }

    public nint Count { get; }

    public float* Data { get; }

    /// <summary>The same as bfloat16, two in the place of a float.</summary>
    public Floats Narrow()
    {
        var narrow = new Floats((Count + 1) / 2);
        BFloat16Loops.Narrow((BFloat16*)narrow.Data, Data, Count);
        return narrow;
    }

    public void Dispose() => NativeMemory.AlignedFree(Data);
}
