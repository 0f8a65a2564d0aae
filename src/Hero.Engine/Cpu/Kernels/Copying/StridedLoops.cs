using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>Which way elements move between the dense side and the strided side.</summary>
internal unsafe interface ICopyDirection<T> where T : unmanaged
{
    /// <summary>True from the view to dense memory; only then may strides be 0.</summary>
    static abstract bool Gathers { get; }

    static abstract void Move(T* dense, T* strided);

    /// <summary>Both sides contiguous.</summary>
    static abstract void MoveRow(T* dense, T* strided, nint count);
}

internal readonly unsafe struct ToDense<T> : ICopyDirection<T> where T : unmanaged
{
    public static bool Gathers => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Move(T* dense, T* strided) => *dense = *strided;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MoveRow(T* dense, T* strided, nint count) =>
        Buffer.MemoryCopy(strided, dense, count * sizeof(T), count * sizeof(T));
}

internal readonly unsafe struct FromDense<T> : ICopyDirection<T> where T : unmanaged
{
    public static bool Gathers => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Move(T* dense, T* strided) => *strided = *dense;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MoveRow(T* dense, T* strided, nint count) =>
        Buffer.MemoryCopy(dense, strided, count * sizeof(T), count * sizeof(T));
}

/// <summary>
/// The walk over a strided view. Inner rows that begin at their start are taken many at a time, as a matrix with a row stride
/// and a column stride; parts of rows at either end of the range one by one.
/// </summary>
internal static unsafe class StridedLoops<T, TDirection>
    where T : unmanaged where TDirection : struct, ICopyDirection<T>
{
    /// <summary>Rows shorter than this are moved element by element: a call would cost more.</summary>
    private const nint ShortRow = 8;

    /// <summary>Bytes that repeated rows are copied from at a time: half of a first-level cache.</summary>
    private const nint RepeatBytes = 16384;

    /// <summary>Edge of the tiles a transposed view is copied in.</summary>
    private const nint Tile = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(T* dense, T* strided, in StridedLayout layout, nint start, nint length)
    {
        if (length <= 0) return;
        if (layout.IsDense)
        {
            TDirection.MoveRow(dense, strided + start, length);
            return;
        }
        var last = layout.Rank - 1;
        nint inner = layout.Length(last), stride = layout.Stride(last);
        var outerRows = last > 0 ? layout.Length(last - 1) : 1;
        var rowStride = last > 0 ? layout.Stride(last - 1) : 0;
        var index = stackalloc nint[StridedLayout.MaxRank];
        var rest = start;
        for (var d = last; d >= 0; d--)
        {
            index[d] = rest % layout.Length(d);
            rest /= layout.Length(d);
            strided += index[d] * layout.Stride(d);
        }
        var column = index[last];
        strided -= column * stride;                     // strided is the start of the present row from here on
        while (length > 0)
        {
            nint rows = 1;
            var whole = last > 0 ? Math.Min(outerRows - index[last - 1], length / inner) : 0;
            if (column == 0 && whole > 0)
            {
                rows = whole;
                Rows(dense, strided, rows, inner, rowStride, stride);
                dense += rows * inner;
                length -= rows * inner;
            }
            else
            {
                var count = Math.Min(inner - column, length);
                Row(dense, strided + column * stride, count, stride);
                dense += count;
                length -= count;
                column = 0;
            }
            strided += rows * rowStride;
            if (last == 0) continue;
            index[last - 1] += rows;
            for (var d = last - 1; d > 0 && index[d] == layout.Length(d); d--)
            {
                strided += layout.Stride(d - 1) - layout.Length(d) * layout.Stride(d);
                index[d] = 0;
                index[d - 1]++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(T* dense, T* strided, nint rows, nint inner, nint rowStride, nint stride)
    {
        if (TDirection.Gathers && rowStride == 0 && rows > 1) Repeat(dense, strided, rows, inner, stride);
        else if (stride is not (0 or 1) && Math.Abs(rowStride) < Math.Abs(stride) && rows > 1)
            Tiles(dense, strided, rows, inner, rowStride, stride);
        else if (TDirection.Gathers && stride == 0) FillRows(dense, strided, rows, inner, rowStride);
        else if (inner < ShortRow) ShortRows(dense, strided, rows, inner, rowStride, stride);
        else
        {
            for (nint r = 0; r < rows; r++, dense += inner, strided += rowStride) Row(dense, strided, inner, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(T* dense, T* strided, nint count, nint stride)
    {
        if (stride == 1) TDirection.MoveRow(dense, strided, count);
        else if (TDirection.Gathers && stride == 0) new Span<T>(dense, (int)count).Fill(*strided);
        else Strided(dense, strided, count, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strided(T* dense, T* strided, nint count, nint stride)
    {
        nint i = 0;
        for (; i <= count - 4; i += 4, strided += 4 * stride)
        {
            TDirection.Move(dense + i, strided);
            TDirection.Move(dense + i + 1, strided + stride);
            TDirection.Move(dense + i + 2, strided + 2 * stride);
            TDirection.Move(dense + i + 3, strided + 3 * stride);
        }
        for (; i < count; i++, strided += stride) TDirection.Move(dense + i, strided);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ShortRows(T* dense, T* strided, nint rows, nint inner, nint rowStride, nint stride)
    {
        for (nint r = 0; r < rows; r++, strided += rowStride)
        {
            var from = strided;
            for (nint i = 0; i < inner; i++, dense++, from += stride) TDirection.Move(dense, from);
        }
    }

    /// <summary>Each row one value. Whole registers are written past a row's end wherever the next rows write over it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillRows(T* dense, T* strided, nint rows, nint inner, nint rowStride)
    {
        var end = dense + rows * inner - Vector<T>.Count;
        for (nint r = 0; r < rows; r++, strided += rowStride)
        {
            var value = *strided;
            var all = new Vector<T>(value);
            var next = dense + inner;
            for (; dense < next && dense <= end; dense += Vector<T>.Count) all.Store(dense);
            for (; dense < next; dense++) *dense = value;
            dense = next;
        }
    }

    /// <summary>The same row again and again: written once, then copied from what is already there, doubling.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Repeat(T* dense, T* strided, nint rows, nint inner, nint stride)
    {
        Row(dense, strided, inner, stride);
        nint done = inner, total = rows * inner;
        var most = Math.Max(inner, RepeatBytes / sizeof(T) / inner * inner);
        while (done < total)
        {
            var count = Math.Min(Math.Min(done, most), total - done);
            Buffer.MemoryCopy(dense, dense + done, count * sizeof(T), count * sizeof(T));
            done += count;
        }
    }

    /// <summary>
    /// A transposed view: neighbours in memory lie in neighbouring rows. Tile by tile, so that every cache line touched on
    /// the strided side is used whole before it is gone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles(T* dense, T* strided, nint rows, nint inner, nint rowStride, nint stride)
    {
        for (nint r0 = 0; r0 < rows; r0 += Tile)
        {
            var r1 = Math.Min(rows, r0 + Tile);
            for (nint c0 = 0; c0 < inner; c0 += Tile)
            {
                var c1 = Math.Min(inner, c0 + Tile);
                if (rowStride == 1)
                {
                    var corner = dense + r0 * inner + c0;
                    var across = strided + r0 + c0 * stride;
                    if (TDirection.Gathers) Transpose.Run(across, stride, (int)(c1 - c0), (int)(r1 - r0), corner, inner);
                    else Transpose.Run(corner, inner, (int)(r1 - r0), (int)(c1 - c0), across, stride);
                    continue;
                }
                for (var r = r0; r < r1; r++)
                {
                    var to = dense + r * inner;
                    var from = strided + r * rowStride + c0 * stride;
                    for (var c = c0; c < c1; c++, from += stride) TDirection.Move(to + c, from);
                }
            }
        }
    }
}
