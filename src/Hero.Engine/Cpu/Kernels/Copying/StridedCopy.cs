using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Copies between dense memory and strided views (transposed, broadcast, sliced). Ranges are counted in the view's elements in
/// row-major order, so that any part of a view can be copied by itself. Element sizes are 1, 2, 4 and 8 bytes; the two sides do not overlap.
/// </summary>
internal static unsafe class StridedCopy
{
    /// <summary>Elements in an item of parallel work: large enough that a transposed view's tiles are whole.</summary>
    private const nint ItemElements = 32768;

    /// <summary>dst[k] = element start + k of the view at <paramref name="src"/>, for k below <paramref name="length"/>.</summary>
    public static void Run(int size, void* dst, void* src, in StridedLayout layout, nint start, nint length)
    {
        switch (size)
        {
            case 1: StridedLoops<byte, ToDense<byte>>.Run((byte*)dst, (byte*)src, layout, start, length); break;
            case 2: StridedLoops<ushort, ToDense<ushort>>.Run((ushort*)dst, (ushort*)src, layout, start, length); break;
            case 4: StridedLoops<uint, ToDense<uint>>.Run((uint*)dst, (uint*)src, layout, start, length); break;
            case 8: StridedLoops<ulong, ToDense<ulong>>.Run((ulong*)dst, (ulong*)src, layout, start, length); break;
            default: throw Unsupported(size);
        }
    }

    /// <summary>As the other overload; the layout is made anew at every call.</summary>
    public static void Run(
        int size, void* dst, void* src, ReadOnlySpan<int> shape, ReadOnlySpan<nint> strides, nint start, nint length) =>
        Run(size, dst, src, new StridedLayout(shape, strides), start, length);

    /// <summary>
    /// Element start + k of the view at <paramref name="dst"/> = src[k], for k below <paramref name="length"/>. Strides of 0 would
    /// write an element more than once: they are not for this direction.
    /// </summary>
    public static void Scatter(int size, void* dst, void* src, in StridedLayout layout, nint start, nint length)
    {
        switch (size)
        {
            case 1: StridedLoops<byte, FromDense<byte>>.Run((byte*)src, (byte*)dst, layout, start, length); break;
            case 2: StridedLoops<ushort, FromDense<ushort>>.Run((ushort*)src, (ushort*)dst, layout, start, length); break;
            case 4: StridedLoops<uint, FromDense<uint>>.Run((uint*)src, (uint*)dst, layout, start, length); break;
            case 8: StridedLoops<ulong, FromDense<ulong>>.Run((ulong*)src, (ulong*)dst, layout, start, length); break;
            default: throw Unsupported(size);
        }
    }

    /// <summary>Copies the whole view to dense memory, in parallel.</summary>
    public static void RunAll(int size, void* dst, void* src, in StridedLayout layout) => All(size, dst, src, layout, false);

    /// <summary>Copies dense memory to the whole view, in parallel.</summary>
    public static void ScatterAll(int size, void* dst, void* src, in StridedLayout layout) => All(size, dst, src, layout, true);

    private static void All(int size, void* dst, void* src, in StridedLayout layout, bool scatter)
    {
        // Whole rows, and 16 of them at least, for the tiles of transposed views.
        var row = layout.Length(layout.Rank - 1);
        var step = row >= ItemElements / 16 ? Math.Max(row, 1) * 16 : ItemElements / Math.Max(row, 1) * row;
        if (layout.Rank == 1) step = ItemElements;
        step = Math.Max(step, 1);
        var body = new Body { Size = size, Dst = dst, Src = src, Layout = layout, Step = step, Scatters = scatter };
        WorkerTeam.Default.For((int)((layout.Count + step - 1) / step), ref body);
    }

    private static ArgumentOutOfRangeException Unsupported(int size) =>
        new(nameof(size), size, "Elements of 1, 2, 4 and 8 bytes can be copied.");

    private struct Body : IParallelBody
    {
        public int Size;
        public void* Dst, Src;
        public StridedLayout Layout;
        public nint Step;
        public bool Scatters;

        public readonly void Run(int item)
        {
            var start = item * Step;
            var length = Math.Min(Step, Layout.Count - start);
            if (Scatters) Scatter(Size, Dst, (byte*)Src + start * Size, Layout, start, length);
            else StridedCopy.Run(Size, (byte*)Dst + start * Size, Src, Layout, start, length);
        }
    }
}
