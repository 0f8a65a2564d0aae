using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Copies of operands in the order in which the tile reads them. The right operand becomes panels of two vectors' width, each
/// [depth][width] and padded with zeros; a last panel that fits one vector is one vector wide. Panel j starts at j * depth * 2 * lanes.
/// </summary>
internal static unsafe class GemmPacking<TSimd, TVector, T>
    where TSimd : struct, ITileVector<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Elements one parallel item copies.</summary>
    private const int ItemElements = 8 * 1024;

    private const int PrefetchRows = 8;

    /// <summary>Columns of a transposed source that are taken at a time.</summary>
    private const int TransposedDepth = 64;

    private static int Lanes => sizeof(TVector) / sizeof(T);

    /// <summary>
    /// Packs a whole right operand: [depth, columns], or [columns, depth] when it is transposed, rows <paramref name="step"/>
    /// elements apart.
    /// </summary>
    public static void Right(T* source, nint step, int depth, int columns, bool transposed, T* target)
    {
        if (depth == 0) return;
        var panels = GemmPlan.Up(columns, 2 * Lanes);
        var cuts = Math.Clamp((int)((long)depth * columns / ItemElements / panels), 1, depth);
        var body = new RightBody
        {
            Source = source, Step = step, Target = target, Depth = depth, Columns = columns, Transposed = transposed,
            Cuts = cuts, PanelsPerItem = Math.Max(1, (int)Math.Min(panels, ItemElements / (2L * Lanes * GemmPlan.Up(depth, cuts)))),
        };
        WorkerTeam.Default.For(GemmPlan.Up(panels, body.PanelsPerItem) * cuts, ref body);
    }

    /// <summary>How many elements wide panel <paramref name="panel"/> of an operand is stored.</summary>
    public static int Width(int columns, int panel) => columns - panel * 2 * Lanes > Lanes ? 2 * Lanes : Lanes;

    /// <summary>Packs panels <paramref name="first"/> to <paramref name="end"/> - 1, one after the other; see <see cref="Panel"/>.</summary>
    public static void Panels(T* source, nint step, int depth, int columns, bool transposed, int first, int end, T* target)
    {
        for (var panel = first; panel < end; panel++, target += (nint)depth * 2 * Lanes) Panel(source, step, depth, columns, transposed, panel, target);
    }

    /// <summary>
    /// Packs one panel. Rows of the source, [depth, columns] or [columns, depth] when it is transposed, are <paramref name="step"/>
    /// elements apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel(T* source, nint step, int depth, int columns, bool transposed, int panel, T* target)
    {
        var start = panel * 2 * Lanes;
        var count = Math.Min(2 * Lanes, columns - start);
        var width = Width(columns, panel);
        if (transposed)
        {
            // A stretch at a time, whose part of the panel stays in the first-level cache while all rows of the source go into it.
            for (var p = 0; p < depth; p += TransposedDepth)
            {
                Transpose.Run(source + start * step + p, step, count, Math.Min(TransposedDepth, depth - p), target + (nint)p * width, width);
            }
            if (count < width) for (var p = 0; p < depth; p++) new Span<T>(target + (nint)p * width + count, width - count).Clear();
            return;
        }
        source += start;
        if (count == 2 * Lanes)
        {
            for (var p = 0; p < depth; p++, source += step, target += 2 * Lanes)
            {
                Prefetch(source + PrefetchRows * step);
                Prefetch(source + PrefetchRows * step + Lanes);
                TVector first = TSimd.Load(source), second = TSimd.Load(source + Lanes);
                TSimd.Store(first, target);
                TSimd.Store(second, target + Lanes);
            }
            return;
        }
        for (var p = 0; p < depth; p++, source += step, target += width)
        {
            Prefetch(source + PrefetchRows * step);
            Prefetch(source + PrefetchRows * step + Lanes);
            if (width == Lanes)
            {
                TSimd.Store(TSimd.LoadFirst(source, count), target);
            }
            else
            {
                TSimd.Store(TSimd.Load(source), target);
                TSimd.Store(TSimd.LoadFirst(source + Lanes, count - Lanes), target + Lanes);
            }
        }
    }

    /// <summary>Elements between the steps of the inner dimension of a packed tile: whole vectors.</summary>
    public static int LeftStep(int height) => GemmPlan.Up(height, Lanes) * Lanes;

    /// <summary>
    /// Packs a tile's <paramref name="height"/> rows of a transposed left operand, whose <paramref name="depth"/> rows are
    /// <paramref name="step"/> elements apart, as [depth][LeftStep(height)]. Elements behind the tile's rows are arbitrary.
    /// <paramref name="readable"/> elements of a source row may be read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransposedLeft(T* source, nint step, int depth, int height, int readable, T* target)
    {
        var vectors = GemmPlan.Up(height, Lanes);
        for (var i = 0; i < vectors; i++, source += Lanes, readable -= Lanes)
        {
            T* from = source, to = target + i * Lanes;
            var p = 0;
            if (readable >= Lanes)
            {
                for (; p + 4 <= depth; p += 4, from += 4 * step, to += 4 * vectors * Lanes)
                {
                    TVector a = TSimd.Load(from), b = TSimd.Load(from + step), c = TSimd.Load(from + 2 * step), d = TSimd.Load(from + 3 * step);
                    TSimd.Store(a, to);
                    TSimd.Store(b, to + vectors * Lanes);
                    TSimd.Store(c, to + 2 * vectors * Lanes);
                    TSimd.Store(d, to + 3 * vectors * Lanes);
                }
            }
            for (; p < depth; p++, from += step, to += vectors * Lanes)
            {
                TSimd.Store(readable >= Lanes ? TSimd.Load(from) : TSimd.LoadFirst(from, Math.Max(readable, 0)), to);
            }
        }
    }

    /// <summary>Rows of a strided operand are too far apart for the processor to foresee.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(T* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    private struct RightBody : IParallelBody
    {
        public T* Source, Target;
        public nint Step;
        public int Depth, Columns, Cuts, PanelsPerItem;
        public bool Transposed;

        public readonly void Run(int item)
        {
            var cut = item % Cuts;
            int from = GemmPlan.Cut(Depth, Cuts, cut), to = GemmPlan.Cut(Depth, Cuts, cut + 1);
            var panel = item / Cuts * PanelsPerItem;
            var end = Math.Min(panel + PanelsPerItem, GemmPlan.Up(Columns, 2 * Lanes));
            for (; panel < end; panel++)
            {
                var target = Target + (nint)panel * Depth * 2 * Lanes + (nint)from * Width(Columns, panel);
                Panel(Source + (Transposed ? from : from * Step), Step, to - from, Columns, Transposed, panel, target);
            }
        }
    }
}
