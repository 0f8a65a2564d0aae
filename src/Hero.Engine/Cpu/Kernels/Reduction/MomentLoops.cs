using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>The loops under <see cref="Moments"/>: leaves of a few rows, in the elements' own type.</summary>
internal static unsafe class MomentLoops<TV, T>
    where TV : struct, ISimd<TV, T> where T : unmanaged, INumber<T>
{
    /// <summary>Columns of a leaf: the planes of partial results and a leaf of rows stay in the second-level cache.</summary>
    private const nint LeafColumns = 2048;

    private const int Slot = 2;

    public static void Accumulate(double* mean, double* squares, nint count, T* block, nint rows, nint columns, nint step)
    {
        var planes = Scratch.Get(Slot, LeafColumns * (2 * sizeof(double) + 3 * sizeof(T)));
        if (step == columns && columns < ReduceLoops.Narrow)
        {
            // Rows side by side; each of them is then a set of rows of its own to join.
            var unit = ReduceLoops.Side(columns, TV.Count);
            foreach (var beside in (ReadOnlySpan<nint>)[ReduceLoops.Wide(columns, unit), unit])
            {
                while (rows >= beside)
                {
                    var high = Math.Min(ReduceLoops.LeafRows, rows / beside);
                    var width = beside * columns;
                    var leaf = new Leaf(planes, block, high, width, width);
                    for (nint k = 0; k < beside; k++, count += high)
                        Moments.Join(mean, squares, count, leaf.Mean + k * columns, leaf.Squares + k * columns, high, columns);
                    block += high * width;
                    rows -= high * beside;
                }
            }
        }
        for (nint r = 0; r < rows; r += ReduceLoops.LeafRows)
        {
            var high = Math.Min(ReduceLoops.LeafRows, rows - r);
            for (nint c = 0; c < columns; c += LeafColumns)
            {
                var width = Math.Min(LeafColumns, columns - c);
                var leaf = new Leaf(planes, block + r * step + c, high, width, step);
                Moments.Join(mean + c, squares + c, count + r, leaf.Mean, leaf.Squares, high, width);
            }
        }
    }

    /// <summary>Mean and sum of squared deviations of the columns of a few rows.</summary>
    private readonly ref struct Leaf
    {
        public readonly double* Mean, Squares;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public Leaf(byte* planes, T* block, nint rows, nint columns, nint step)
        {
            Mean = (double*)planes;
            Squares = Mean + LeafColumns;
            var near = (T*)(Squares + LeafColumns);
            T* sum = near + LeafColumns, sumOfSquares = sum + LeafColumns;
            var c = Columns<TV>(near, sum, sumOfSquares, block, rows, 0, columns, step);
            if (Vector128.IsHardwareAccelerated) c = Columns<Simd128<T>>(near, sum, sumOfSquares, block, rows, c, columns, step);
            Columns<Simd1<T>>(near, sum, sumOfSquares, block, rows, c, columns, step);

            // The estimate's own error comes off again: the deviations' sum says how large it was.
            var share = 1.0 / rows;
            for (c = 0; c < columns; c++)
            {
                var deviation = double.CreateTruncating(sum[c]);
                Mean[c] = double.CreateTruncating(near[c]) + deviation * share;
                Squares[c] = Math.Max(0, double.CreateTruncating(sumOfSquares[c]) - deviation * deviation * share);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static nint Columns<TW>(T* near, T* sum, T* sumOfSquares, T* block, nint rows, nint c, nint columns, nint step)
            where TW : struct, ISimd<TW, T>
        {
            var share = TW.All(T.One / T.CreateTruncating(rows));
            var zero = TW.All(T.Zero);
            for (; c <= columns - 4 * TW.Count; c += 4 * TW.Count)
            {
                var x = block + c;
                TW m0 = TW.Load(x), m1 = TW.Load(x + TW.Count), m2 = TW.Load(x + 2 * TW.Count), m3 = TW.Load(x + 3 * TW.Count);
                for (nint r = 1; r < rows; r++)
                {
                    x += step;
                    m0 += TW.Load(x);
                    m1 += TW.Load(x + TW.Count);
                    m2 += TW.Load(x + 2 * TW.Count);
                    m3 += TW.Load(x + 3 * TW.Count);
                }
                m0 *= share;
                m1 *= share;
                m2 *= share;
                m3 *= share;
                TW s0 = zero, s1 = zero, s2 = zero, s3 = zero, q0 = zero, q1 = zero, q2 = zero, q3 = zero;
                x = block + c;
                for (nint r = 0; r < rows; r++, x += step)
                {
                    var d0 = TW.Load(x) - m0;
                    var d1 = TW.Load(x + TW.Count) - m1;
                    var d2 = TW.Load(x + 2 * TW.Count) - m2;
                    var d3 = TW.Load(x + 3 * TW.Count) - m3;
                    s0 += d0;
                    s1 += d1;
                    s2 += d2;
                    s3 += d3;
                    q0 = TW.Fma(d0, d0, q0);
                    q1 = TW.Fma(d1, d1, q1);
                    q2 = TW.Fma(d2, d2, q2);
                    q3 = TW.Fma(d3, d3, q3);
                }
                Store(near + c, m0, m1, m2, m3);
                Store(sum + c, s0, s1, s2, s3);
                Store(sumOfSquares + c, q0, q1, q2, q3);
            }
            for (; c <= columns - TW.Count; c += TW.Count)
            {
                var x = block + c;
                var m = TW.Load(x);
                for (nint r = 1; r < rows; r++) m += TW.Load(x += step);
                m *= share;
                TW s = zero, q = zero;
                x = block + c;
                for (nint r = 0; r < rows; r++, x += step)
                {
                    var d = TW.Load(x) - m;
                    s += d;
                    q = TW.Fma(d, d, q);
                }
                TW.Store(m, near + c);
                TW.Store(s, sum + c);
                TW.Store(q, sumOfSquares + c);
            }
            return c;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store<TW>(T* to, TW a, TW b, TW c, TW d) where TW : struct, ISimd<TW, T>
        {
            TW.Store(a, to);
            TW.Store(b, to + TW.Count);
            TW.Store(c, to + 2 * TW.Count);
            TW.Store(d, to + 3 * TW.Count);
        }
    }
}
