using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Rows added to those of a table by index: the gradient of <see cref="Gather"/>. Every row of the table gets its addends in the order
/// of the indices, whatever the thread count. Negative indices count from the end; all indices are checked before anything is
/// written.
/// </summary>
internal static unsafe class ScatterAdd
{
    /// <summary>Columns of an item where rows are cut into columns: a cache line of float.</summary>
    private const nint ItemColumns = 16;

    /// <summary>Items of wide rows; and where the table's rows are dealt out, the hands: row r is hand r mod this number's.</summary>
    private const nint Hands = 8;

    /// <summary>Elements added below which all is done in one item.</summary>
    private const nint Few = 16384;

    /// <summary>
    /// table[indices[i]] += src[i] for i = 0, 1, ...; <paramref name="width"/> elements a row. Returns the position of an
    /// index that is no row, or -1.
    /// </summary>
    public static nint Rows<T>(T* table, T* src, int* indices, nint count, nint width, nint tableRows) where T : unmanaged, INumber<T> =>
        Rows<T, int>(table, src, indices, count, width, tableRows);

    /// <summary>As the other overload, for int64 indices.</summary>
    public static nint Rows<T>(T* table, T* src, long* indices, nint count, nint width, nint tableRows) where T : unmanaged, INumber<T> =>
        Rows<T, long>(table, src, indices, count, width, tableRows);

    private static nint Rows<T, TIndex>(T* table, T* src, TIndex* indices, nint count, nint width, nint tableRows)
        where T : unmanaged, INumber<T> where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var bad = Gather.FirstBad(indices, count, tableRows);
        if (bad >= 0 || count == 0 || width == 0) return bad;
        var body = new Body<T, TIndex>
        {
            Table = table, Src = src, Indices = indices, Count = count, Width = width, TableRows = tableRows, Hands = 1, Columns = width,
        };
        if (count * width > Few)
        {
            // Either way every item reads all indices, and any cut gives the same bits. Columns share the work evenly even if all
            // indices are the same.
            if (width >= 4 * ItemColumns) body.Columns = Math.Max(ItemColumns, (width + Hands - 1) / Hands / ItemColumns * ItemColumns);
            else if (WorkerTeam.Default.ThreadCount > 1) body.Hands = Hands;
        }
        body.ColumnItems = (width + body.Columns - 1) / body.Columns;
        WorkerTeam.Default.For((int)(body.Hands * body.ColumnItems), ref body);
        return -1;
    }

    private struct Body<T, TIndex> : IParallelBody
        where T : unmanaged, INumber<T> where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public T* Table, Src;
        public TIndex* Indices;
        public nint Count, Width, TableRows, Hands, Columns, ColumnItems;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int item)
        {
            var hand = item / ColumnItems;
            var column = item % ColumnItems * Columns;
            var columns = Math.Min(Columns, Width - column);
            for (nint i = 0; i < Count; i++)
            {
                var index = long.CreateTruncating(Indices[i]);
                var row = (nint)(index < 0 ? index + TableRows : index);
                if ((row & (Hands - 1)) != hand) continue;
                Add(Table + row * Width + column, Src + i * Width + column, columns);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(T* to, T* from, nint n)
        {
            nint i = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                for (; i <= n - Vector256<T>.Count; i += Vector256<T>.Count)
                    (Vector256.Load(to + i) + Vector256.Load(from + i)).Store(to + i);
            }
            if (Vector128.IsHardwareAccelerated)
            {
                for (; i <= n - Vector128<T>.Count; i += Vector128<T>.Count)
                    (Vector128.Load(to + i) + Vector128.Load(from + i)).Store(to + i);
            }
            for (; i < n; i++) to[i] += from[i];
        }
    }
}
