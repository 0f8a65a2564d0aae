using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The loops under <see cref="Moments"/>: sums of deviations from an estimate of the mean, and of their squares. A few rows at a time
/// are summed in the elements' own type, everything above in double.
/// </summary>
internal static unsafe class MomentLoops<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    /// <summary>Columns at most, those of several rows side by side included.</summary>
    private const nint MostColumns = 2304;

    private const int Slot = 2;

    /// <summary>Means and sums of squared deviations of the columns of at least one row.</summary>
    public static void Run(double* mean, double* squares, T* block, nint rows, nint columns, nint step)
    {
        var sums = (double*)Scratch.Get(Slot, MostColumns * (2 * sizeof(double) + 3 * sizeof(T)));
        var sumsOfSquares = sums + MostColumns;
        var near = (T*)(sumsOfSquares + MostColumns);
        T* partial = near + MostColumns, partialOfSquares = partial + MostColumns;
        Estimate(near, block, Math.Min(rows, ReduceLoops.LeafRows), columns, step);

        // Narrow rows that touch are read as wide ones, several side by side.
        nint unit = 1, wide = 1;
        if (step == columns && columns < ReduceLoops.Narrow)
        {
            unit = ReduceLoops.Side(columns, TV.Count);
            wide = ReduceLoops.Wide(columns, unit);
            if (wide > rows) wide = unit > rows ? 1 : unit;
            for (nint c = columns; c < wide * columns; c++) near[c] = near[c - columns];
        }
        new Span<double>(sums, (int)(wide * columns)).Clear();
        new Span<double>(sumsOfSquares, (int)(wide * columns)).Clear();
        nint done = 0;
        foreach (var beside in (ReadOnlySpan<nint>)[wide, unit, 1])
        {
            if (beside > wide) continue;
            var width = beside * columns;
            while (rows - done >= beside)
            {
                var high = Math.Min(ReduceLoops.LeafRows, (rows - done) / beside);
                new Span<T>(partial, (int)width).Clear();
                new Span<T>(partialOfSquares, (int)width).Clear();
                Leaf(near, partial, partialOfSquares, block + done * step, high, width, beside * step);
                Take(sums, partial, width);
                Take(sumsOfSquares, partialOfSquares, width);
                done += high * beside;
            }
        }
        for (nint c = columns; c < wide * columns; c++)
        {
            sums[c % columns] += sums[c];
            sumsOfSquares[c % columns] += sumsOfSquares[c];
        }

        // The estimate's own error comes off again: the deviations' sum says how large it was.
        var share = 1.0 / rows;
        for (nint c = 0; c < columns; c++)
        {
            mean[c] = double.CreateTruncating(near[c]) + sums[c] * share;
            squares[c] = Math.Max(0, sumsOfSquares[c] - sums[c] * sums[c] * share);
        }
    }

    private static void Take(double* sums, T* partial, nint count)
    {
        if (typeof(T) == typeof(float)) SingleSum.Take(sums, (float*)partial, count);
        else PlainSum<double>.Take(sums, (double*)partial, count);
    }

    /// <summary>near = the means of the columns of a few rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Estimate(T* near, T* block, nint rows, nint columns, nint step)
    {
        var share = T.One / T.CreateTruncating(rows);
        nint c = 0;
        for (; c <= columns - TV.Count; c += TV.Count)
        {
            var sum = TV.Load(block + c);
            for (nint r = 1; r < rows; r++) sum += TV.Load(block + r * step + c);
            TV.Store(sum * TV.All(share), near + c);
        }
        for (; c < columns; c++)
        {
            var sum = block[c];
            for (nint r = 1; r < rows; r++) sum += block[r * step + c];
            near[c] = sum * share;
        }
    }

    /// <summary>Takes a few rows into the partial sums, four at a time, so that memory is read in its order.</summary>
    private static void Leaf(T* near, T* sums, T* sumsOfSquares, T* block, nint rows, nint columns, nint step)
    {
        for (; rows >= 4; rows -= 4, block += 4 * step)
        {
            var c = Four<TV>(near, sums, sumsOfSquares, block, 0, columns, step);
            if (Vector128.IsHardwareAccelerated) c = Four<Simd128<T>>(near, sums, sumsOfSquares, block, c, columns, step);
            Four<Simd1<T>>(near, sums, sumsOfSquares, block, c, columns, step);
        }
        for (; rows > 0; rows--, block += step)
        {
            var c = One<TV>(near, sums, sumsOfSquares, block, 0, columns);
            if (Vector128.IsHardwareAccelerated) c = One<Simd128<T>>(near, sums, sumsOfSquares, block, c, columns);
            One<Simd1<T>>(near, sums, sumsOfSquares, block, c, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint Four<TW>(T* near, T* sums, T* sumsOfSquares, T* block, nint c, nint columns, nint step) where TW : struct, ISimd<TW, T>
    {
        for (; c <= columns - TW.Count; c += TW.Count)
        {
            var center = TW.Load(near + c);
            var x = block + c;
            Ahead.Fetch(x);
            Ahead.Fetch(x + step);
            Ahead.Fetch(x + 2 * step);
            Ahead.Fetch(x + 3 * step);
            var d0 = TW.Load(x) - center;
            var d1 = TW.Load(x + step) - center;
            var d2 = TW.Load(x + 2 * step) - center;
            var d3 = TW.Load(x + 3 * step) - center;
            TW.Store(TW.Load(sums + c) + ((d0 + d1) + (d2 + d3)), sums + c);
            TW.Store(TW.Load(sumsOfSquares + c) + (TW.MultiplyAdd(d0, d0, d1 * d1) + TW.MultiplyAdd(d2, d2, d3 * d3)), sumsOfSquares + c);
        }
        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint One<TW>(T* near, T* sums, T* sumsOfSquares, T* block, nint c, nint columns) where TW : struct, ISimd<TW, T>
    {
        for (; c <= columns - TW.Count; c += TW.Count)
        {
            var d = TW.Load(block + c) - TW.Load(near + c);
            TW.Store(TW.Load(sums + c) + d, sums + c);
            TW.Store(TW.MultiplyAdd(d, d, TW.Load(sumsOfSquares + c)), sumsOfSquares + c);
        }
        return c;
    }
}
