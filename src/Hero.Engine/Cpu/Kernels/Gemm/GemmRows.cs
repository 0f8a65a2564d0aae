using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A left operand whose rows each thread copies for itself, a strip at a time: as they are, but a little further apart than a power of two, so that they do
/// not meet in the same few lines of the cache. What a thread writes again and again stays in its own cache; strips that one thread packed for all would not.
/// </summary>
/// <param name="source">[rows, depth].</param>
/// <param name="step">Elements from row to row of it.</param>
/// <param name="rows">Rows of the operand.</param>
/// <param name="depth">Its columns, at most <see cref="GemmPlan.PackedDepth"/>.</param>
internal readonly unsafe struct GemmRows<TSimd, TVector, T>(T* source, nint step, int rows, int depth) : ILeftStrips<T>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Elements from row to row of a strip.</summary>
    private const int Pitch = GemmPlan.PackedDepth + 16;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    /// <inheritdoc/>
    public int Count => GemmPlan.Up(rows, TSimd.MaxRows);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(int rows, int row, int step) => row * Pitch + step;

    /// <inheritdoc/>
    public int Row(int strip) => GemmPlan.Cut(rows, Count, strip);

    /// <inheritdoc/>
    public T* Data(int strip, int places)
    {
        nint size = TSimd.MaxRows * Pitch;
        return (T*)Scratch.Get(1, places * size * sizeof(T)) + strip % places * size;
    }

    /// <summary>Two rows at a time: <paramref name="done"/> counts those.</summary>
    public int AddStreams(int strip, int places, int panel, int panels, int room, TileStream* streams, ref int done)
    {
        int row = Row(strip), height = Row(strip + 1) - row, vectors = depth / Lanes, count = 0;
        for (var due = GemmPlan.Cut(GemmPlan.Up(height, 2), panels, panel + 1); done < due && room >= vectors; done++, room -= vectors)
        {
            var two = 2 * done + 1 < height;
            streams[count++] = new TileStream
            {
                Count = vectors, Source = (byte*)(source + (row + 2 * done) * step), SourceSecond = two ? step * sizeof(T) : 0, SourceStep = sizeof(TVector),
                Target = (byte*)(Data(strip, places) + 2 * done * Pitch), TargetSecond = two ? Pitch * sizeof(T) : 0, TargetStep = sizeof(TVector),
                Distance = 2 * step * sizeof(T),
            };
        }
        return count;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Complete(int strip, int places, int done)
    {
        int row = Row(strip), height = Row(strip + 1) - row;
        T* from = source + row * step, to = Data(strip, places);
        for (var i = 0; i < height; i++, from += step, to += Pitch)
        {
            var p = i < 2 * done ? depth / Lanes * Lanes : 0;
            for (; p + Lanes <= depth; p += Lanes) TSimd.Store(TSimd.Load(from + p), to + p);
            if (p < depth) TSimd.Store(TSimd.LoadFirst(from + p, depth - p), to + p);
            if (depth < GemmTile.PackedDepth(depth)) new Span<T>(to + depth, GemmTile.PackedDepth(depth) - depth).Clear();
        }
    }
}
