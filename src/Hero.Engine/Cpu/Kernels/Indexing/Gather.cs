using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Rows taken from a table by index. Negative indices count from the end, as in NumPy. All indices are checked before anything is
/// read or written: the position of the first that is no row comes back, or -1 where all are good.
/// </summary>
internal static unsafe class Gather
{
    /// <summary>Bytes an item of work should move at least.</summary>
    private const nint ItemBytes = 131072;

    /// <summary>dst[i] = table[indices[i]]; rows of <paramref name="rowBytes"/> bytes. The position of a bad index, or -1.</summary>
    public static nint Rows(void* dst, void* table, int* indices, nint count, nint rowBytes, nint tableRows) =>
        Rows<int>(dst, table, indices, count, rowBytes, tableRows);

    /// <summary>As the other overload, for int64 indices.</summary>
    public static nint Rows(void* dst, void* table, long* indices, nint count, nint rowBytes, nint tableRows) =>
        Rows<long>(dst, table, indices, count, rowBytes, tableRows);

    /// <summary>The position of the first index not in -rows .. rows - 1, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint FirstBad<TIndex>(TIndex* indices, nint count, nint tableRows) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (nint i = 0; i < count; i++)
        {
            var index = long.CreateTruncating(indices[i]);
            if (index < -tableRows || index >= tableRows) return i;
        }
        return -1;
    }

    private static nint Rows<TIndex>(void* dst, void* table, TIndex* indices, nint count, nint rowBytes, nint tableRows)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var bad = FirstBad(indices, count, tableRows);
        if (bad >= 0 || rowBytes == 0 || count == 0) return bad;
        var body = new Body<TIndex>
        {
            Dst = (byte*)dst, Table = (byte*)table, Indices = indices, Count = count, RowBytes = rowBytes, TableRows = tableRows,
            Group = Math.Clamp(ItemBytes / rowBytes, 1, count),
        };
        WorkerTeam.Default.For((int)((count + body.Group - 1) / body.Group), ref body);
        return -1;
    }

    private struct Body<TIndex> : IParallelBody where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public byte* Dst, Table;
        public TIndex* Indices;
        public nint Count, RowBytes, TableRows, Group;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int item)
        {
            var first = item * Group;
            var last = Math.Min(Count, first + Group);
            if (RowBytes == 1) Elements<byte>(first, last);
            else if (RowBytes == 4) Elements<uint>(first, last);
            else if (RowBytes == 8) Elements<ulong>(first, last);
            else
            {
                for (var i = first; i < last; i++)
                {
                    var row = long.CreateTruncating(Indices[i]);
                    if (row < 0) row += TableRows;
                    Buffer.MemoryCopy(Table + (nint)row * RowBytes, Dst + i * RowBytes, RowBytes, RowBytes);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Elements<T>(nint first, nint last) where T : unmanaged
        {
            T* table = (T*)Table, dst = (T*)Dst;
            for (var i = first; i < last; i++)
            {
                var row = long.CreateTruncating(Indices[i]);
                dst[i] = table[(nint)(row < 0 ? row + TableRows : row)];
            }
        }
    }
}
