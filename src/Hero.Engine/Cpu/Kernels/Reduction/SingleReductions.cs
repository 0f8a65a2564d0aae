using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Sums of float: partial sums of a few rows in float, everything above in double.</summary>
internal readonly unsafe struct SingleSum : IReduction<float>
{
    public static int AccumulatorSize => sizeof(double);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, float> => a + b;

    public static void Begin(void* accumulators, nint count) => PlainSum<double>.Begin(accumulators, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take(void* accumulators, float* partial, nint count)
    {
        var sums = (double*)accumulators;
        nint i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector.Widen(Vector.Load(partial + i), out var low, out var high);
                (Vector.Load(sums + i) + low).Store(sums + i);
                (Vector.Load(sums + i + Vector<double>.Count) + high).Store(sums + i + Vector<double>.Count);
            }
        }
        for (; i < count; i++) sums[i] += partial[i];
    }

    public static void Combine(void* accumulators, void* later, nint count) => PlainSum<double>.Combine(accumulators, later, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(void* results, void* accumulators, nint count, nint length)
    {
        for (nint i = 0; i < count; i++) ((float*)results)[i] = (float)((double*)accumulators)[i];
    }
}

/// <summary>Means of float, as <see cref="SingleSum"/>.</summary>
internal readonly unsafe struct SingleMean : IReduction<float>
{
    public static int AccumulatorSize => sizeof(double);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, float> => a + b;

    public static void Begin(void* accumulators, nint count) => SingleSum.Begin(accumulators, count);

    public static void Take(void* accumulators, float* partial, nint count) => SingleSum.Take(accumulators, partial, count);

    public static void Combine(void* accumulators, void* later, nint count) => SingleSum.Combine(accumulators, later, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(void* results, void* accumulators, nint count, nint length)
    {
        for (nint i = 0; i < count; i++) ((float*)results)[i] = (float)(((double*)accumulators)[i] / length);
    }
}
