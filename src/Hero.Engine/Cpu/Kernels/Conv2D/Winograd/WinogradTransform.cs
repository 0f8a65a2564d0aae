using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>A <see cref="IWinogradStep"/> in two dimensions, for one register of channels.</summary>
internal static unsafe class WinogradTransform<TV> where TV : struct, ISimd<TV, float>
{
    private const int Alignment = 64;

    /// <summary>Elements on the stack that hold as many registers as the largest transform has, wherever they begin.</summary>
    public static int PatchSize => WinogradPlan.Products * TV.Count + Alignment / sizeof(float);

    /// <summary>The first place in memory from the stack where registers lie in one cache line each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* Aligned(float* memory) => (float*)(((nint)memory + Alignment - 1) & -Alignment);

    /// <summary>
    /// target = S source S^T. Steps are in elements, from row to row and from column to column. <paramref name="middle"/> is scratch.
    /// No two of the three overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TStep>(
        float* source, nint sourceRow, nint sourceColumn, float* target, nint targetRow, nint targetColumn, float* middle)
        where TStep : struct, IWinogradStep
    {
        for (var column = 0; column < TStep.Inputs; column++)
        {
            TStep.Run<TV>(source, sourceRow, middle + column * TV.Count, TStep.Inputs * TV.Count);
            source += sourceColumn;
        }
        for (var row = 0; row < TStep.Outputs; row++)
        {
            TStep.Run<TV>(middle + row * TStep.Inputs * TV.Count, TV.Count, target, targetColumn);
            target += targetRow;
        }
    }
}
