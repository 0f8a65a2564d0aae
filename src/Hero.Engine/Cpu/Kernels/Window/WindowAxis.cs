using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// One axis of a <see cref="Window2D"/> seen from the array that is being written: which taps (kernel positions) meet cell i of the
/// target, and where they read the source. Forward, the target is the output and the source the input; transposed (input gradients), the
/// target is the input and the source the output. Either way the taps of a cell are an arithmetic sequence, and cells i, i + Phases,
/// i + 2 * Phases ... read sources <see cref="Advance"/> apart, so a row falls into runs of cells with the same taps.
/// </summary>
internal readonly struct WindowAxis
{
    private readonly int kernel, stride, dilation, pad, sourceLength;
    private readonly bool transposed;

    private WindowAxis(int sourceLength, int targetLength, int kernel, int stride, int dilation, int pad, bool transposed)
    {
        (this.sourceLength, Length, this.transposed) = (sourceLength, targetLength, transposed);
        (this.kernel, this.stride, this.dilation, this.pad) = (kernel, stride, dilation, pad);
        var common = CommonDivisor(stride, dilation);
        (Phases, Advance) = transposed ? (stride, 1) : (1, stride);
        (TapStep, SourceStep) = transposed ? (stride / common, -(dilation / common)) : (1, dilation);
    }

    /// <summary>Cells of the target.</summary>
    public int Length { get; }

    /// <summary>Target cells this far apart have the same taps, borders aside.</summary>
    public int Phases { get; }

    /// <summary>How far the source moves from a target cell to the next of its phase.</summary>
    public int Advance { get; }

    /// <summary>The distance of successive taps of a cell in the kernel.</summary>
    public int TapStep { get; }

    /// <summary>The distance of successive taps of a cell in the source.</summary>
    public int SourceStep { get; }

    public static WindowAxis Rows(in Window2D w, bool transposed) => transposed
        ? new(w.OutHeight, w.InHeight, w.KernelHeight, w.StrideHeight, w.DilationHeight, w.PadTop, true)
        : new(w.InHeight, w.OutHeight, w.KernelHeight, w.StrideHeight, w.DilationHeight, w.PadTop, false);

    public static WindowAxis Columns(in Window2D w, bool transposed) => transposed
        ? new(w.OutWidth, w.InWidth, w.KernelWidth, w.StrideWidth, w.DilationWidth, w.PadLeft, true)
        : new(w.InWidth, w.OutWidth, w.KernelWidth, w.StrideWidth, w.DilationWidth, w.PadLeft, false);

    /// <summary>The taps of target cell <paramref name="cell"/> that lie inside the source.</summary>
    public TapRange At(int cell)
    {
        if (!transposed)
        {
            var origin = cell * stride - pad;
            var first = origin >= 0 ? 0 : CeilingDivide(-origin, dilation);
            var end = Math.Min(kernel, CeilingDivide(sourceLength - origin, dilation));
            return first < end ? new TapRange(first, end - first, origin + first * dilation) : default;
        }

        // The taps k with cell + pad - k * dilation a multiple of stride; the source falls as k rises.
        var shifted = cell + pad;
        var tap = 0;
        while (tap < kernel && tap < TapStep && (shifted - tap * dilation) % stride != 0) tap++;
        if (tap >= kernel || tap >= TapStep) return default;
        var source = (shifted - tap * dilation) / stride;
        if (source >= sourceLength)
        {
            var skip = CeilingDivide(source - sourceLength + 1, -SourceStep);
            (tap, source) = (tap + skip * TapStep, source + skip * SourceStep);
        }
        if (tap >= kernel || shifted - tap * dilation < 0) return default;
        var count = Math.Min((kernel - 1 - tap) / TapStep, source / -SourceStep) + 1;
        return new TapRange(tap, count, source);
    }

    /// <summary>
    /// Writes the runs of equal taps that make up the whole axis, phase after phase, and returns how many. A run of n cells has targets
    /// Target, Target + Phases ...; there are never more than <see cref="Length"/> runs.
    /// </summary>
    public unsafe int Runs(WindowRun* runs)
    {
        var count = 0;
        for (var phase = 0; phase < Phases; phase++)
        {
            for (var cell = phase; cell < Length; cell += Phases)
            {
                var taps = At(cell);
                if (cell != phase && runs[count - 1].Taps.SameTaps(taps)) runs[count - 1].Cells++;
                else runs[count++] = new WindowRun { Target = cell, Cells = 1, Taps = taps };
            }
        }
        return count;
    }

    private static int CommonDivisor(int a, int b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }

    /// <summary>a / b rounded up; 0 for negative a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CeilingDivide(int a, int b) => a <= 0 ? 0 : (a + b - 1) / b;
}
