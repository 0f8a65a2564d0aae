using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Mean and biased variance of every column of dense [rows, columns], in one pass over memory: the first rows of a piece give an estimate
/// of the mean, and deviations from it are summed. The pieces that are worked on in parallel are joined in double by the rule of Chan,
/// Golub and LeVeque (1979), in their order: safe for data far from 0, and the same bits for every thread count.
/// </summary>
internal static unsafe class Moments
{
    private const nint ItemElements = 128 * 1024;
    private const nint MostPieces = 64;
    private const nint ItemColumns = 1024;
    private const int PartialSlot = 3;
    private const int WidenedSlot = 1;

    /// <summary>No rows give NaN.</summary>
    public static void Run<T>(T* x, nint rows, nint columns, T* mean, T* variance) where T : unmanaged, INumber<T> =>
        Run(x, null, rows, columns, mean, variance);

    /// <summary>Those of bfloat16, which is widened piece by piece.</summary>
    public static void Run(BFloat16* x, nint rows, nint columns, float* mean, float* variance) => Run(null, x, rows, columns, mean, variance);

    private static void Run<T>(T* x, BFloat16* narrow, nint rows, nint columns, T* mean, T* variance) where T : unmanaged, INumber<T>
    {
        if (columns == 0) return;
        var columnItems = (columns + ItemColumns - 1) / ItemColumns;
        var pieces = Math.Clamp(Math.Min(rows / ReduceLoops.LeafRows, rows * columns / ItemElements), 1, MostPieces);
        var pieceRows = (rows + pieces - 1) / pieces;
        pieces = Math.Max(1, (rows + pieceRows - 1) / Math.Max(1, pieceRows));
        var body = new Body<T>
        {
            X = x, Narrow = narrow, Rows = rows, Columns = columns, PieceRows = pieceRows, ColumnItems = columnItems,
            Partial = (double*)Scratch.Get(PartialSlot, pieces * columns * 2 * sizeof(double)),
        };
        WorkerTeam.Default.For((int)(pieces * columnItems), ref body);
        var sums = body.Partial;
        var count = Math.Min(pieceRows, rows);
        for (nint piece = 1; piece < pieces; piece++)
        {
            var more = Math.Min(pieceRows, rows - piece * pieceRows);
            var next = sums + piece * columns * 2;
            Join(sums, sums + columns, count, next, next + columns, more, columns);
            count += more;
        }
        for (nint c = 0; c < columns; c++)
        {
            mean[c] = T.CreateTruncating(rows == 0 ? double.NaN : sums[c]);
            variance[c] = T.CreateTruncating(sums[columns + c] / rows);
        }
    }

    /// <summary>The means and sums of squared deviations of the columns of at least one row, rows <paramref name="step"/> elements apart.</summary>
    private static void Run<T>(double* mean, double* squares, T* block, nint rows, nint columns, nint step) where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated) MomentLoops<Simd512<T>, T>.Run(mean, squares, block, rows, columns, step);
        else if (Vector256.IsHardwareAccelerated) MomentLoops<Simd256<T>, T>.Run(mean, squares, block, rows, columns, step);
        else if (Vector128.IsHardwareAccelerated) MomentLoops<Simd128<T>, T>.Run(mean, squares, block, rows, columns, step);
        else MomentLoops<Simd1<T>, T>.Run(mean, squares, block, rows, columns, step);
    }

    /// <summary>Takes the moments of <paramref name="moreCount"/> further rows into those of <paramref name="count"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Join(
        double* mean, double* squares, nint count, double* moreMean, double* moreSquares, nint moreCount, nint columns)
    {
        var share = (double)moreCount / (count + moreCount);
        var weight = share * count;
        nint c = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; c <= columns - Vector<double>.Count; c += Vector<double>.Count)
            {
                var delta = Vector.Load(moreMean + c) - Vector.Load(mean + c);
                (Vector.Load(mean + c) + delta * share).Store(mean + c);
                (Vector.Load(squares + c) + (Vector.Load(moreSquares + c) + delta * delta * weight)).Store(squares + c);
            }
        }
        for (; c < columns; c++)
        {
            var delta = moreMean[c] - mean[c];
            mean[c] += delta * share;
            squares[c] += moreSquares[c] + delta * delta * weight;
        }
    }

    private struct Body<T> : IParallelBody where T : unmanaged, INumber<T>
    {
        public T* X;
        public BFloat16* Narrow;
        public nint Rows, Columns, PieceRows, ColumnItems;
        public double* Partial;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int item)
        {
            var column = item % ColumnItems * ItemColumns;
            var row = item / ColumnItems * PieceRows;
            var columns = Math.Min(ItemColumns, Columns - column);
            var mean = Partial + item / ColumnItems * Columns * 2 + column;
            if (Rows == 0)
            {
                new Span<double>(mean + Columns, (int)columns).Clear();
                return;
            }
            var rows = Math.Min(PieceRows, Rows - row);
            if (Narrow != null) Moments.Run(mean, mean + Columns, Widened(row, rows, column, columns), rows, columns, columns);
            else Moments.Run(mean, mean + Columns, X + row * Columns + column, rows, columns, Columns);
        }

        private readonly float* Widened(nint row, nint rows, nint column, nint columns)
        {
            var wide = (float*)Scratch.Get(WidenedSlot, rows * columns * sizeof(float));
            var from = Narrow + row * Columns + column;
            if (columns == Columns) BFloat16Loops.Widen(wide, from, rows * columns);
            else for (nint r = 0; r < rows; r++) BFloat16Loops.Widen(wide + r * columns, from + r * Columns, columns);
            return wide;
        }
    }
}
