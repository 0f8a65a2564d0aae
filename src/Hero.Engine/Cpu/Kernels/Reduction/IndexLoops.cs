using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>An element and where it stands along the axis; index -1: none yet.</summary>
internal struct Indexed<T> where T : unmanaged
{
    public T Value;
    public long Index;
}

/// <summary>Which of two elements ArgMax or ArgMin looks for.</summary>
internal interface IOrder<T> where T : unmanaged, INumber<T>
{
    /// <summary>True if <paramref name="a"/> takes the place of an earlier <paramref name="b"/>: it is better, or the first NaN.</summary>
    static abstract bool Beats(T a, T b);

    /// <summary>The better of each lane; NaN if either is.</summary>
    static abstract TV Better<TV>(TV a, TV b) where TV : struct, ISimd<TV, T>;
}

internal readonly struct Greatest<T> : IOrder<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Beats(T a, T b) => a > b || (T.IsNaN(a) && !T.IsNaN(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Better<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => MaximumOperator<T>.Invoke(a, b);
}

internal readonly struct Least<T> : IOrder<T> where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Beats(T a, T b) => a < b || (T.IsNaN(a) && !T.IsNaN(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Better<TV>(TV a, TV b) where TV : struct, ISimd<TV, T> => MinimumOperator<T>.Invoke(a, b);
}

/// <summary>ArgMax and ArgMin.</summary>
internal static unsafe class IndexLoops<T, TOrder>
    where T : unmanaged, INumber<T> where TOrder : struct, IOrder<T>
{
    /// <summary>Elements of a run looked at as a whole first.</summary>
    private const nint LongRun = 256;

    /// <summary>Elements of the runs that follow where no long one is left; a multiple of four registers of bytes.</summary>
    private const nint ShortRun = 128;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Begin(void* accumulators, nint count)
    {
        for (nint i = 0; i < count; i++) ((Indexed<T>*)accumulators)[i] = new Indexed<T> { Index = -1 };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(void* accumulators, void* block, nint rows, nint columns, nint step, nint firstRow)
    {
        var best = (Indexed<T>*)accumulators;
        var x = (T*)block;
        nint r = 0;
        if (columns == 1 && step == 1)
        {
            // Few runs hold a new best element: only those are searched for its place.
            while (Vector128.IsHardwareAccelerated && r <= rows - ShortRun)
            {
                var run = r <= rows - LongRun ? LongRun : ShortRun;
                var candidate = Vector256.IsHardwareAccelerated ? BestOfRun<Simd256<T>>(x + r, run) : BestOfRun<Simd128<T>>(x + r, run);
                if (best->Index < 0 || TOrder.Beats(candidate, best->Value))
                {
                    var place = r;
                    while (x[place] != candidate && !(T.IsNaN(candidate) && T.IsNaN(x[place]))) place++;
                    *best = new Indexed<T> { Value = candidate, Index = firstRow + place };
                }
                r += run;
            }
        }
        for (; r < rows; r++)
        {
            var row = x + r * step;
            for (nint c = 0; c < columns; c++)
            {
                if (best[c].Index < 0 || TOrder.Beats(row[c], best[c].Value))
                    best[c] = new Indexed<T> { Value = row[c], Index = firstRow + r };
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine(void* accumulators, void* later, nint count)
    {
        Indexed<T>* best = (Indexed<T>*)accumulators, other = (Indexed<T>*)later;
        for (nint i = 0; i < count; i++)
        {
            if (other[i].Index >= 0 && (best[i].Index < 0 || TOrder.Beats(other[i].Value, best[i].Value))) best[i] = other[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(void* results, void* accumulators, nint count, nint length)
    {
        for (nint i = 0; i < count; i++) ((long*)results)[i] = ((Indexed<T>*)accumulators)[i].Index;
    }

    /// <summary>The best value of a run. A choice between two values is exact: registers of any width find the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T BestOfRun<TV>(T* x, nint run) where TV : struct, ISimd<TV, T>
    {
        TV a = TV.Load(x), b = TV.Load(x + TV.Count), c = TV.Load(x + 2 * TV.Count), d = TV.Load(x + 3 * TV.Count);
        for (nint i = 4 * TV.Count; i < run; i += 4 * TV.Count)
        {
            a = TOrder.Better(a, TV.Load(x + i));
            b = TOrder.Better(b, TV.Load(x + i + TV.Count));
            c = TOrder.Better(c, TV.Load(x + i + 2 * TV.Count));
            d = TOrder.Better(d, TV.Load(x + i + 3 * TV.Count));
        }
        var lanes = stackalloc T[TV.Count];
        TV.Store(TOrder.Better(TOrder.Better(a, b), TOrder.Better(c, d)), lanes);
        var best = lanes[0];
        for (var i = 1; i < TV.Count; i++)
        {
            if (TOrder.Beats(lanes[i], best)) best = lanes[i];
        }
        return best;
    }
}
