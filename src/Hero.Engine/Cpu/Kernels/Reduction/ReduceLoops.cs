using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The loop under all reductions: column by column over blocks of rows, register partials no longer than <see cref="LeafRows"/>
/// rows, so that float sums lose about as little as pairwise summation. Narrow matrices whose rows touch are read as wide
/// ones with several rows side by side; a contiguous run is the narrowest of them.
/// </summary>
internal static unsafe class ReduceLoops
{
    /// <summary>Rows summed up in a register before the partial goes to the accumulators.</summary>
    public const nint LeafRows = 32;

    /// <summary>Columns of one leaf.</summary>
    private const int LeafColumns = 2048;

    /// <summary>Runs shorter than this are taken in one element after another.</summary>
    private const nint Short = 32;

    /// <summary>Below this many columns rows are laid side by side.</summary>
    public const nint Narrow = 128;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate<TV, T, TOp>(void* accumulators, void* block, nint rows, nint columns, nint step, nint firstRow)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IReduction<T>
    {
        if (rows == 0) return;
        if (columns == 1 && step == 1 && rows < Short)
        {
            Run<T, TOp>(accumulators, (T*)block, rows);
            return;
        }
        Blocks<TV, T, TOp>(accumulators, block, rows, columns, step);
    }

    /// <summary>A run too short for registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<T, TOp>(void* accumulators, T* x, nint n) where T : unmanaged, INumber<T> where TOp : struct, IReduction<T>
    {
        var sum = Simd1<T>.Load(x);
        for (nint i = 1; i < n; i++) sum = TOp.Invoke(sum, Simd1<T>.Load(x + i));
        T partial;
        Simd1<T>.Store(sum, &partial);
        TOp.Take(accumulators, &partial, 1);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blocks<TV, T, TOp>(void* accumulators, void* block, nint rows, nint columns, nint step)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IReduction<T>
    {
        var lanes = stackalloc byte[LeafColumns * sizeof(double)];
        var partial = (T*)(((nint)lanes + 63) & ~63);
        const int most = LeafColumns - 16;                // room for the alignment
        var x = (T*)block;
        if (step == columns && columns < Narrow)
        {
            // First Narrow columns or more at once, then a register's worth or one row's, then what is left row by row.
            var unit = Side(columns, TV.Count);
            var wide = Wide(columns, unit);
            rows -= Beside<TV, T, TOp>(accumulators, ref x, rows, columns, wide, partial);
            if (unit < wide) rows -= Beside<TV, T, TOp>(accumulators, ref x, rows, columns, unit, partial);
        }
        for (nint c = 0; c < columns; c += most)
        {
            var count = Math.Min(most, columns - c);
            for (nint r = 0; r < rows; r += LeafRows)
            {
                Leaf<TV, T, TOp>(partial, x + r * step + c, Math.Min(LeafRows, rows - r), count, step);
                TOp.Take((byte*)accumulators + c * TOp.AccumulatorSize, partial, count);
            }
        }
    }

    /// <summary>The least number of rows whose columns fill whole registers.</summary>
    public static nint Side(nint columns, nint lanes)
    {
        while (lanes > 1 && columns % 2 == 0)
        {
            columns /= 2;
            lanes /= 2;
        }
        return lanes;
    }

    /// <summary>The least multiple of <paramref name="unit"/> rows that has <see cref="Narrow"/> columns.</summary>
    public static nint Wide(nint columns, nint unit) => (Narrow + unit * columns - 1) / (unit * columns) * unit;

    /// <summary>Takes in groups of <paramref name="beside"/> rows as one row each; returns the rows taken.</summary>
    private static nint Beside<TV, T, TOp>(void* accumulators, ref T* x, nint rows, nint columns, nint beside, T* partial)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IReduction<T>
    {
        var groups = rows / beside;
        var width = beside * columns;
        for (nint r = 0; r < groups; r += LeafRows)
        {
            var count = Math.Min(LeafRows, groups - r);
            Leaf<TV, T, TOp>(partial, x, count, width, width);
            x += count * width;
            var folded = beside;
            while (folded % 2 == 0 && folded * columns / 2 % TV.Count == 0)
            {
                folded /= 2;
                for (nint c = 0; c < folded * columns; c += TV.Count)
                    TV.Store(TOp.Invoke(TV.Load(partial + c), TV.Load(partial + c + folded * columns)), partial + c);
            }
            for (nint k = 0; k < folded; k++) TOp.Take(accumulators, partial + k * columns, columns);
        }
        return groups * beside;
    }

    /// <summary>partial[c] = all rows of column c made one; rows at least 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Leaf<TV, T, TOp>(T* partial, T* block, nint rows, nint columns, nint step)
        where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T> where TOp : struct, IReduction<T>
    {
        nint c = 0;
        for (; c <= columns - 8 * TV.Count; c += 8 * TV.Count)
        {
            var x = block + c;
            var s0 = TV.Load(x);
            var s1 = TV.Load(x + TV.Count);
            var s2 = TV.Load(x + 2 * TV.Count);
            var s3 = TV.Load(x + 3 * TV.Count);
            var s4 = TV.Load(x + 4 * TV.Count);
            var s5 = TV.Load(x + 5 * TV.Count);
            var s6 = TV.Load(x + 6 * TV.Count);
            var s7 = TV.Load(x + 7 * TV.Count);
            for (nint r = 1; r < rows; r++)
            {
                x += step;
                s0 = TOp.Invoke(s0, TV.Load(x));
                s1 = TOp.Invoke(s1, TV.Load(x + TV.Count));
                s2 = TOp.Invoke(s2, TV.Load(x + 2 * TV.Count));
                s3 = TOp.Invoke(s3, TV.Load(x + 3 * TV.Count));
                s4 = TOp.Invoke(s4, TV.Load(x + 4 * TV.Count));
                s5 = TOp.Invoke(s5, TV.Load(x + 5 * TV.Count));
                s6 = TOp.Invoke(s6, TV.Load(x + 6 * TV.Count));
                s7 = TOp.Invoke(s7, TV.Load(x + 7 * TV.Count));
            }
            TV.Store(s0, partial + c);
            TV.Store(s1, partial + c + TV.Count);
            TV.Store(s2, partial + c + 2 * TV.Count);
            TV.Store(s3, partial + c + 3 * TV.Count);
            TV.Store(s4, partial + c + 4 * TV.Count);
            TV.Store(s5, partial + c + 5 * TV.Count);
            TV.Store(s6, partial + c + 6 * TV.Count);
            TV.Store(s7, partial + c + 7 * TV.Count);
        }
        for (; c <= columns - TV.Count; c += TV.Count)
        {
            var x = block + c;
            var s = TV.Load(x);
            for (nint r = 1; r < rows; r++) s = TOp.Invoke(s, TV.Load(x += step));
            TV.Store(s, partial + c);
        }
        if (c == columns) return;
        if (TV.Count > Simd128<T>.Count && Simd128<T>.Count > 1)
        {
            Leaf<Simd128<T>, T, TOp>(partial + c, block + c, rows, columns - c, step);
            return;
        }
        for (; c < columns; c++)
        {
            var x = block + c;
            var s = Simd1<T>.Load(x);
            for (nint r = 1; r < rows; r++) s = TOp.Invoke(s, Simd1<T>.Load(x += step));
            Simd1<T>.Store(s, partial + c);
        }
    }
}
