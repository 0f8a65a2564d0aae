using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of max pooling: parallel over bands of input rows. An item visits every window that reaches into its band, in order, and
/// writes only inside the band, so windows may overlap and a band's sums do not depend on where the bands are cut. Elements of two bytes
/// are bfloat16, which nothing here adds: for windows that have no cell in common.
/// </summary>
internal unsafe struct MaxPoolGradientPass<T>
    where T : unmanaged, INumber<T>
{
    private Window2D w;
    private MaxPoolWindows<T> windows;
    private T* x;
    private T* y;
    private T* dy;
    private T* dx;
    private int bandRows, bandsPerImage;
    private bool isDisjoint, isCovered;

    /// <summary>Bands, and the elements of an input and of an output row.</summary>
    public readonly int Items => w.Batch * bandsPerImage;

    public readonly nint InRow => (nint)w.InWidth * w.InChannels;

    public readonly nint OutRow => (nint)w.OutWidth * w.OutChannels;

    /// <summary>How the work is cut; false where there is none. The tables are the calling thread's scratch.</summary>
    public static bool TryPrepare(in Window2D w, out MaxPoolGradientPass<T> pass)
    {
        pass = new MaxPoolGradientPass<T>
        {
            w = w,
            windows = new MaxPoolWindows<T>(w),
            isDisjoint = AreDisjoint(w),
            isCovered = AreDisjoint(w) && w is { PadTop: 0, PadLeft: 0 } && w.KernelHeight == w.StrideHeight && w.KernelWidth == w.StrideWidth
                && w.OutHeight * w.StrideHeight >= w.InHeight && w.OutWidth * w.StrideWidth >= w.InWidth,
        };
        var rowLength = pass.InRow;
        if ((nint)w.Batch * w.InHeight * rowLength == 0) return false;

        // Bands that begin where windows begin share no window, unless the windows overlap.
        var rows = Math.Min(WindowScratch.BandRows((nint)w.Batch * w.InHeight, rowLength), w.InHeight);
        pass.bandRows = (rows + w.StrideHeight - 1) / w.StrideHeight * w.StrideHeight;
        pass.bandsPerImage = (w.InHeight + pass.bandRows - 1) / pass.bandRows;
        return true;
    }

    /// <summary>Whether no cell is in two windows.</summary>
    public static bool AreDisjoint(in Window2D w) =>
        (w.KernelHeight - 1) * w.DilationHeight < w.StrideHeight && (w.KernelWidth - 1) * w.DilationWidth < w.StrideWidth;

    /// <summary>The rows of dx that an item writes, counted through all images: the first and how many.</summary>
    public readonly (nint First, int Rows) Band(int item)
    {
        int image = item / bandsPerImage, begin = item % bandsPerImage * bandRows;
        return ((nint)image * w.InHeight + begin, Math.Min(bandRows, w.InHeight - begin));
    }

    /// <summary>The rows of x, and those of y and dy, that an item may read, counted through all images.</summary>
    public readonly ((nint First, int Rows) Input, (nint First, int Rows) Output) Reach(int item)
    {
        int image = item / bandsPerImage, begin = item % bandsPerImage * bandRows, end = Math.Min(begin + bandRows, w.InHeight);
        int firstIn = end, lastIn = begin - 1, firstOut = 0, lastOut = -1;
        for (var row = 0; row < w.OutHeight; row++)
        {
            var taps = windows.Rows.At(row);
            var last = taps.Source + (taps.Count - 1) * windows.Rows.SourceStep;
            if (taps.Count == 0 || last < begin || taps.Source >= end) continue;
            (firstIn, lastIn) = (Math.Min(firstIn, taps.Source), Math.Max(lastIn, last));
            (firstOut, lastOut) = (lastOut < 0 ? row : firstOut, row);
        }
        return (((nint)image * w.InHeight + firstIn, Math.Max(lastIn - firstIn + 1, 0)), ((nint)image * w.OutHeight + firstOut, lastOut - firstOut + 1));
    }

    /// <summary>An item of work on arrays that hold what it reads and writes at the places where the whole ones would.</summary>
    public readonly void Run(int item, T* x, T* y, T* dy, T* dx)
    {
        var part = this;
        part.Set(x, y, dy, dx);
        part.Run(item);
    }

    private void Set(T* x, T* y, T* dy, T* dx)
    {
        this.x = x;
        this.y = y;
        this.dy = dy;
        this.dx = dx;
    }

    private void Run(int item)
    {
        switch (SimdWidth.For<T>(w.InChannels))
        {
            case 512: Band<Simd512<T>>(item); break;
            case 256: Band<Simd256<T>>(item); break;
            case 128: Band<Simd128<T>>(item); break;
            default: Band<Simd1<T>>(item); break;
        }
    }

    private void Band<TVec>(int item)
        where TVec : struct, ISimd<TVec, T>
    {
        int image = item / bandsPerImage, begin = item % bandsPerImage * bandRows, end = Math.Min(begin + bandRows, w.InHeight);
        if (!isCovered) new Span<T>(dx + ((nint)image * w.InHeight + begin) * InRow, checked((int)((end - begin) * InRow))).Clear();
        var grid = windows.Grid();
        var rowAxis = windows.Rows;
        for (var row = 0; row < w.OutHeight; row++)
        {
            var vertical = rowAxis.At(row);
            if (vertical.Count == 0 || vertical.Source + (vertical.Count - 1) * rowAxis.SourceStep < begin) continue;
            if (vertical.Source >= end) break;
            grid.SkippedRows = vertical.Source >= begin ? 0 : (begin - vertical.Source + rowAxis.SourceStep - 1) / rowAxis.SourceStep;
            grid.Rows = Math.Min(vertical.Count, (end - vertical.Source + rowAxis.SourceStep - 1) / rowAxis.SourceStep);
            for (var i = 0; i < windows.Runs; i++)
            {
                windows.Place(ref grid, i, image, row, vertical.Source, x, dx, y, dy);
                if (isDisjoint) MaxPoolLoops.Scatter<T, TVec, MaxPoolLoops.DisjointCells>(grid, w.InChannels);
                else MaxPoolLoops.Scatter<T, TVec, MaxPoolLoops.SharedCells>(grid, w.InChannels);
            }
        }
    }
}
