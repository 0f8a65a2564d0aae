using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>Turns a product that was computed as its transpose; sums of chunks of the inner dimension are added up, in their order, on the way.</summary>
internal unsafe struct GemmTurning<TSimd, TVector, T, TEpilogue> : IParallelBody
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
    where TEpilogue : struct, IEpilogue
{
    /// <summary>Elements worth an item.</summary>
    private const int ItemElements = 1024;

    private const int MaxItems = 16;

    private T* turned, partials, output;
    private int rows, columns, partialCount, items;
    private TEpilogue epilogue;
    private nint outputStart;

    /// <summary>output[i, j] = turned[j, i] + partials[0, j, i] + ..., then the epilogue. Writes to <paramref name="turned"/>.</summary>
    public static void Run(T* turned, T* partials, int partialCount, T* output, int rows, int columns, in TEpilogue epilogue, nint outputStart)
    {
        var body = new GemmTurning<TSimd, TVector, T, TEpilogue>
        {
            turned = turned, partials = partials, partialCount = partialCount, output = output, rows = rows, columns = columns, epilogue = epilogue, outputStart = outputStart,
            items = 1 << BitOperations.Log2((uint)Math.Clamp((nint)rows * columns / ItemElements, 1, MaxItems)),
        };
        WorkerTeam.Default.For(body.items, ref body);
    }

    public readonly void Run(int item)
    {
        int start = GemmPlan.Cut(rows, items, item), end = GemmPlan.Cut(rows, items, item + 1);
        for (nint column = 0; column < columns && partialCount > 0; column++)
        {
            var first = column * rows + start;
            GemmReduction<TSimd, TVector, T, TEpilogue>.Add(turned + first, end - start, partials + first, (nint)rows * columns, partialCount);
        }
        Transpose.Run(turned + start, rows, columns, end - start, output + (nint)start * columns, columns);
        epilogue.Apply(outputStart + (nint)start * columns, (nint)(end - start) * columns);
    }
}
