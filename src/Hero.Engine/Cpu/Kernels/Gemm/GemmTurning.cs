using System.Numerics;
using System.Runtime.CompilerServices;
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int lanes = sizeof(TVector) / sizeof(T), start = GemmPlan.Cut(rows, items, item), end = GemmPlan.Cut(rows, items, item + 1);
        for (var column = 0; column < columns && partialCount > 0; column++)
        {
            var sums = turned + (nint)column * rows;
            for (var i = start; i < end; i += lanes)
            {
                var present = Math.Min(lanes, end - i);
                var sum = TSimd.LoadFirst(sums + i, present);
                var partial = partials + (nint)column * rows + i;
                for (var p = 0; p < partialCount; p++, partial += (nint)rows * columns) sum = TSimd.Add(sum, TSimd.LoadFirst(partial, present));
                TSimd.StoreFirst(sum, sums + i, present);
            }
        }
        Transpose.Run(turned + start, rows, columns, end - start, output + (nint)start * columns, columns);
        epilogue.Apply(outputStart + (nint)start * columns, (nint)(end - start) * columns);
    }
}
