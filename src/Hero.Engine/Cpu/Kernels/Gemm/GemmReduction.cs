using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>Adds up the sums of the chunks of an inner dimension, in their order, onto the first chunk's.</summary>
internal unsafe struct GemmReduction<TSimd, TVector, T, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
    where TEpilogue : struct, IEpilogue
{
    private const int ItemElements = 4096;

    private T* output, partials;
    private nint count;
    private int partialCount;
    private TEpilogue epilogue;
    private nint outputStart;

    /// <summary>output[i] += partials[0, i] + partials[1, i] + ..., then the epilogue.</summary>
    public static void Run(T* output, nint count, T* partials, int partialCount, in TEpilogue epilogue, nint outputStart)
    {
        var body = new GemmReduction<TSimd, TVector, T, TEpilogue>
        {
            output = output, count = count, partials = partials, partialCount = partialCount,
            epilogue = epilogue, outputStart = outputStart,
        };
        WorkerTeam.Default.For((int)((count + ItemElements - 1) / ItemElements), ref body);
    }

    public readonly void Run(int item)
    {
        var start = (nint)item * ItemElements;
        var length = Math.Min(count - start, ItemElements);
        Add(output + start, length, partials + start, count, partialCount);
        epilogue.Apply(outputStart + start, length);
    }

    /// <summary>sums[i] += partials[i] + partials[distance + i] + ... for so many partial sums of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(T* sums, nint length, T* partials, nint distance, int partialCount)
    {
        var lanes = sizeof(TVector) / sizeof(T);
        for (nint i = 0; i < length; i += lanes)
        {
            var present = (int)Math.Min(lanes, length - i);
            var sum = TSimd.LoadFirst(sums + i, present);
            var partial = partials + i;
            for (var p = 0; p < partialCount; p++, partial += distance) sum = TSimd.Add(sum, TSimd.LoadFirst(partial, present));
            TSimd.StoreFirst(sum, sums + i, present);
        }
    }
}
