using System.Numerics;
using System.Runtime.CompilerServices;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A transposed left operand packed by the team before the product: strips, each [depth][height], its depth filled up with zeros to whole steps of the tile.
/// </summary>
internal unsafe struct GemmStrips<TSimd, TVector, T> : IParallelBody, ILeftStrips<T>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, INumber<T>
{
    /// <summary>Rows of the source an item takes.</summary>
    private const int ItemDepth = 32;

    private const int CacheLine = 64;

    private T* source, packed;
    private nint step;
    private int rows, depth;

    /// <summary>Packs an operand that is transposed, on the team, into scratch memory of this thread.</summary>
    /// <param name="source">[depth, rows].</param>
    /// <param name="step">Elements from row to row of it.</param>
    /// <param name="rows">Rows of the operand.</param>
    /// <param name="depth">Its columns.</param>
    public static GemmStrips<TSimd, TVector, T> Transposed(T* source, nint step, int rows, int depth)
    {
        var strips = new GemmStrips<TSimd, TVector, T>
        {
            source = source, step = step, rows = rows, depth = depth, packed = (T*)Scratch.Get(1, (nint)rows * GemmTile.PackedDepth(depth) * sizeof(T)),
        };
        WorkerTeam.Default.For(GemmPlan.Up(GemmTile.PackedDepth(depth), ItemDepth), ref strips);
        return strips;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(int rows, int row, int step) => step * rows + row;

    /// <inheritdoc/>
    public readonly int Count => GemmPlan.Up(rows, TSimd.MaxRows);

    /// <inheritdoc/>
    public readonly int Row(int strip) => GemmPlan.Cut(rows, Count, strip);

    /// <inheritdoc/>
    public readonly T* Data(int strip, int places) => packed + (nint)Row(strip) * GemmTile.PackedDepth(depth);

    /// <summary>It is in its place already, but far: <paramref name="done"/> counts pairs of lines.</summary>
    public readonly int AddStreams(int strip, int places, int panel, int panels, int room, TileStream* streams, ref int done)
    {
        var pairs = GemmPlan.Up((Row(strip + 1) - Row(strip)) * GemmTile.PackedDepth(depth) * sizeof(T), 2 * CacheLine);
        var count = Math.Min(GemmPlan.Cut(pairs, panels, panel + 1) - done, room);
        if (count <= 0) return 0;
        *streams = new TileStream { Count = count, Source = (byte*)Data(strip, places) + done * 2 * CacheLine, SourceSecond = CacheLine, SourceStep = 2 * CacheLine };
        done += count;
        return 1;
    }

    /// <inheritdoc/>
    public readonly void Complete(int strip, int places, int done) { }

    /// <summary>Packs a few rows of the source, of which every strip takes a part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int item)
    {
        int first = item * ItemDepth, end = Math.Min(first + ItemDepth, depth), filled = Math.Min(first + ItemDepth, GemmTile.PackedDepth(depth));
        for (var strip = 0; strip < Count; strip++)
        {
            int row = Row(strip), height = Row(strip + 1) - row;
            T* from = source + first * step + row, to = Data(strip, 1) + (nint)first * height;
            for (var p = first; p < end; p++, from += step, to += height) Copy(from, height, to);
            new Span<T>(to, (filled - end) * height).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(T* source, int height, T* target)
    {
        var lanes = sizeof(TVector) / sizeof(T);
        for (; height > lanes; height -= lanes, source += lanes, target += lanes) TSimd.Store(TSimd.Load(source), target);
        TSimd.StoreFirst(TSimd.LoadFirst(source, height), target, height);
    }
}
