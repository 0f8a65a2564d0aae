using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>What the reductions share whose accumulators are elements.</summary>
internal static unsafe class PlainAccumulator
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<T>(void* accumulators, nint count, T value) where T : unmanaged =>
        new Span<T>(accumulators, (int)count).Fill(value);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take<T, TOp>(T* accumulators, T* partial, nint count)
        where T : unmanaged, INumber<T> where TOp : struct, IReduction<T>
    {
        nint i = 0;
        if (Vector256.IsHardwareAccelerated) i = Take<Simd256<T>, T, TOp>(accumulators, partial, i, count);
        else if (Vector128.IsHardwareAccelerated) i = Take<Simd128<T>, T, TOp>(accumulators, partial, i, count);
        Take<Simd1<T>, T, TOp>(accumulators, partial, i, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Take<TV, T, TOp>(T* accumulators, T* partial, nint i, nint count)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IReduction<T>
    {
        for (; i <= count - TV.Count; i += TV.Count)
            TV.Store(TOp.Invoke(TV.Load(accumulators + i), TV.Load(partial + i)), accumulators + i);
        return i;
    }

    public static void Copy<T>(void* results, void* accumulators, nint count) where T : unmanaged =>
        Buffer.MemoryCopy(accumulators, results, count * sizeof(T), count * sizeof(T));
}

/// <summary>Sums of double and of integers, which wrap.</summary>
internal readonly unsafe struct PlainSum<T> : IReduction<T> where T : unmanaged, INumber<T>
{
    public static int AccumulatorSize => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => a + b;

    public static void Begin(void* accumulators, nint count) => PlainAccumulator.Fill(accumulators, count, T.Zero);

    public static void Take(void* accumulators, T* partial, nint count) =>
        PlainAccumulator.Take<T, PlainSum<T>>((T*)accumulators, partial, count);

    public static void Combine(void* accumulators, void* later, nint count) => Take(accumulators, (T*)later, count);

    public static void Finish(void* results, void* accumulators, nint count, nint length) =>
        PlainAccumulator.Copy<T>(results, accumulators, count);
}

internal readonly unsafe struct PlainProduct<T> : IReduction<T> where T : unmanaged, INumber<T>
{
    public static int AccumulatorSize => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => a * b;

    public static void Begin(void* accumulators, nint count) => PlainAccumulator.Fill(accumulators, count, T.One);

    public static void Take(void* accumulators, T* partial, nint count) =>
        PlainAccumulator.Take<T, PlainProduct<T>>((T*)accumulators, partial, count);

    public static void Combine(void* accumulators, void* later, nint count) => Take(accumulators, (T*)later, count);

    public static void Finish(void* results, void* accumulators, nint count, nint length) =>
        PlainAccumulator.Copy<T>(results, accumulators, count);
}

internal readonly unsafe struct PlainMax<T> : IReduction<T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static int AccumulatorSize => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => MaximumOperator<T>.Invoke(a, b);

    public static void Begin(void* accumulators, nint count) => PlainAccumulator.Fill(
        accumulators, count, SimdBits.IsInteger<T>() ? T.MinValue : SimdBits.Constant<T>(float.NegativeInfinity, double.NegativeInfinity));

    public static void Take(void* accumulators, T* partial, nint count) =>
        PlainAccumulator.Take<T, PlainMax<T>>((T*)accumulators, partial, count);

    public static void Combine(void* accumulators, void* later, nint count) => Take(accumulators, (T*)later, count);

    public static void Finish(void* results, void* accumulators, nint count, nint length) =>
        PlainAccumulator.Copy<T>(results, accumulators, count);
}

internal readonly unsafe struct PlainMin<T> : IReduction<T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static int AccumulatorSize => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => MinimumOperator<T>.Invoke(a, b);

    public static void Begin(void* accumulators, nint count) => PlainAccumulator.Fill(
        accumulators, count, SimdBits.IsInteger<T>() ? T.MaxValue : SimdBits.Constant<T>(float.PositiveInfinity, double.PositiveInfinity));

    public static void Take(void* accumulators, T* partial, nint count) =>
        PlainAccumulator.Take<T, PlainMin<T>>((T*)accumulators, partial, count);

    public static void Combine(void* accumulators, void* later, nint count) => Take(accumulators, (T*)later, count);

    public static void Finish(void* results, void* accumulators, nint count, nint length) =>
        PlainAccumulator.Copy<T>(results, accumulators, count);
}

/// <summary>Means of double.</summary>
internal readonly unsafe struct DoubleMean : IReduction<double>
{
    public static int AccumulatorSize => sizeof(double);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Invoke<TV>(TV a, TV b) where TV : struct, ISimd<TV, double> => a + b;

    public static void Begin(void* accumulators, nint count) => PlainSum<double>.Begin(accumulators, count);

    public static void Take(void* accumulators, double* partial, nint count) => PlainSum<double>.Take(accumulators, partial, count);

    public static void Combine(void* accumulators, void* later, nint count) => PlainSum<double>.Combine(accumulators, later, count);

    public static void Finish(void* results, void* accumulators, nint count, nint length)
    {
        for (nint i = 0; i < count; i++) ((double*)results)[i] = ((double*)accumulators)[i] / length;
    }
}
