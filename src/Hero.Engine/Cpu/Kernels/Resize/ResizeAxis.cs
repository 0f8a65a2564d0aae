using System.Numerics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The weights along one axis of a resize as a table: target cell i is the sum of Weights[i * Stride + k] times source cell Start[i] + k,
/// k = 0 .. Count[i] - 1. Transposed, the target is the input of the resize, and a cell may have no source at all.
/// </summary>
internal readonly unsafe struct ResizeAxis<T>
    where T : unmanaged, INumber<T>
{
    private ResizeAxis(int length, int stride, int slot)
    {
        (Length, Stride) = (length, stride);
        Start = (int*)Scratch.Get(slot, (nint)length * (2 * sizeof(int) + (nint)stride * sizeof(T)));
        Weights = (T*)(Start + 2 * (nint)length);
    }

    public int Length { get; }

    public int Stride { get; }

    public int* Start { get; }

    public int* Count => Start + Length;

    public T* Weights { get; }

    /// <summary>The table of an axis, in the calling thread's scratch <paramref name="slot"/>.</summary>
    public static ResizeAxis<T> Forward(ResizeSampling sampling, int inLength, int outLength, int slot)
    {
        var most = sampling.MostTaps(inLength, outLength);
        var axis = new ResizeAxis<T>(outLength, most, slot);
        var weights = new Span<double>(Scratch.Get(WindowScratch.Source, (nint)most * sizeof(double)), most);
        for (var cell = 0; cell < outLength; cell++)
        {
            axis.Start[cell] = sampling.Weights(cell, inLength, outLength, weights, out axis.Count[cell]);
            for (var k = 0; k < axis.Count[cell]; k++) axis.Weights[(nint)cell * most + k] = T.CreateTruncating(weights[k]);
        }
        return axis;
    }

    /// <summary>The table of the transposed axis. Sources of successive cells rise, so a cell's targets are neighbours as well.</summary>
    public static ResizeAxis<T> Transposed(ResizeSampling sampling, int inLength, int outLength, int slot)
    {
        var forward = Forward(sampling, inLength, outLength, WindowScratch.Target);
        var most = 0;
        for (int cell = 0, first = 0, end = 0; cell < inLength; cell++)
        {
            forward.Targets(cell, ref first, ref end);
            most = Math.Max(most, end - first);
        }
        var axis = new ResizeAxis<T>(inLength, most, slot);
        for (int cell = 0, first = 0, end = 0; cell < inLength; cell++)
        {
            forward.Targets(cell, ref first, ref end);
            (axis.Start[cell], axis.Count[cell]) = (first, Math.Max(end - first, 0));
            for (var k = 0; k < end - first; k++)
            {
                var target = first + k;
                axis.Weights[(nint)cell * most + k] = forward.Weights[(nint)target * forward.Stride + cell - forward.Start[target]];
            }
        }
        return axis;
    }

    /// <summary>Moves first and end on to the targets that source cell <paramref name="source"/> has a part in.</summary>
    private void Targets(int source, ref int first, ref int end)
    {
        while (first < Length && Start[first] + Count[first] <= source) first++;
        end = Math.Max(end, first);
        while (end < Length && Start[end] <= source) end++;
    }
}
