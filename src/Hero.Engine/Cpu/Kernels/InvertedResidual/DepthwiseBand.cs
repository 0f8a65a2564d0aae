using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// A depthwise convolution of some output rows of one picture and some of its channels, whose input rows lie dense in the cache. On
/// the calling thread.
/// </summary>
internal unsafe struct DepthwiseBand
{
    public Window2D Window;

    /// <summary>The taps of all columns of a row; see <see cref="WindowAxis.Runs"/>.</summary>
    public WindowRun* Runs;

    public int RunCount;

    /// <summary>The filter at the first of the channels; its pixels are all <see cref="Window2D.InChannels"/> apart.</summary>
    public float* Filter;

    /// <summary>A number for each of the channels, and two that the sums with it are held between.</summary>
    public float* Bias, Range;

    /// <summary>Channels at hand: those of source and target.</summary>
    public int Channels;

    /// <summary>[rows, InWidth, Channels], the first row being <see cref="FirstRow"/> of the picture.</summary>
    public float* Source;

    public int FirstRow;

    /// <summary>Elements from one target pixel to the next.</summary>
    public int TargetStep;

    /// <summary>A source row of zeros, and a target row nobody reads.</summary>
    public float* Zeros, Spare;

    /// <summary>Computes output rows start .. end - 1 into <paramref name="target"/>, whose rows follow each other.</summary>
    public readonly void Run(int start, int end, float* target)
    {
        switch (SimdWidth.For<float>(Channels))
        {
            case 512: Run<Simd512<float>>(start, end, target); break;
            case 256: Run<Simd256<float>>(start, end, target); break;
            case 128: Run<Simd128<float>>(start, end, target); break;
            default: Run<Simd1<float>>(start, end, target); break;
        }
    }

    private readonly void Run<TVec>(int start, int end, float* target) where TVec : struct, ISimd<TVec, float>
    {
        if (DepthwiseConv2D.Slides(Window)) Slide<TVec>(start, end, target);
        else if (DepthwiseStride.Takes(Window)) Stride<TVec>(start, end, target);
        else Reduce<TVec>(start, end, target);
    }

    private readonly void Slide<TVec>(int start, int end, float* target) where TVec : struct, ISimd<TVec, float>
    {
        var slide = new DepthwiseSlide<float>
        {
            Channels = Channels, TargetStep = TargetStep, Filter = Filter, FilterRowStep = 3 * (nint)Window.InChannels, FilterColumnStep = Window.InChannels, Bias = Bias, Range = Range,
            Columns = Window.InWidth, PadLeft = Window.PadLeft, PadRight = Window.OutWidth + 2 - Window.InWidth - Window.PadLeft,
        };
        var targetRow = (nint)Window.OutWidth * TargetStep;
        for (var row = start; row < end; row += 2, target += 2 * targetRow)
        {
            slide.Source0 = Row(row - Window.PadTop);
            slide.Source1 = Row(row - Window.PadTop + 1);
            slide.Source2 = Row(row - Window.PadTop + 2);
            slide.Source3 = row + 1 < end ? Row(row - Window.PadTop + 3) : Zeros;
            slide.Target0 = target;
            slide.Target1 = row + 1 < end ? target + targetRow : Spare;
            slide.Run<TVec>();
        }
    }

    private readonly void Stride<TVec>(int start, int end, float* target) where TVec : struct, ISimd<TVec, float>
    {
        var stride = new DepthwiseStride
        {
            Channels = Channels, TargetStep = TargetStep, Filter = Filter, FilterStep = Window.InChannels, Bias = Bias, Range = Range,
            Columns = Window.InWidth, Windows = Window.OutWidth, PadLeft = Window.PadLeft,
        };
        var targetRow = (nint)Window.OutWidth * TargetStep;
        for (var row = start; row < end; row += 2, target += 2 * targetRow)
        {
            var (first, single) = (2 * row - Window.PadTop, row + 1 == end);
            stride.Source0 = Row(first);
            stride.Source1 = Row(first + 1);
            stride.Source2 = Row(first + 2);
            stride.Source3 = single ? Zeros : Row(first + 3);
            stride.Source4 = single ? Zeros : Row(first + 4);
            stride.Target0 = target;
            stride.Target1 = single ? Spare : target + targetRow;
            stride.Run<TVec>();
        }
    }

    private readonly void Reduce<TVec>(int start, int end, float* target) where TVec : struct, ISimd<TVec, float>
    {
        var axis = WindowAxis.Rows(Window, transposed: false);
        var rowSize = (nint)Window.InWidth * Channels;
        var grid = new WindowGrid<float>
        {
            RowStep = axis.SourceStep * rowSize, ColumnStep = (nint)Window.DilationWidth * Channels,
            FilterRowStep = (nint)Window.KernelWidth * Window.InChannels, FilterColumnStep = Window.InChannels,
            Advance = (nint)Window.StrideWidth * Channels, TargetAdvance = TargetStep,
        };
        for (var row = start; row < end; row++, target += (nint)Window.OutWidth * TargetStep)
        {
            var vertical = axis.At(row);
            for (var i = 0; i < RunCount; i++)
            {
                var run = Runs[i];
                grid.Rows = run.Taps.Count == 0 ? 0 : vertical.Count;
                grid.Columns = run.Taps.Count;
                grid.Windows = run.Cells;
                grid.Source = Source + (vertical.Source - FirstRow) * rowSize + (nint)run.Taps.Source * Channels;
                grid.Filter = Filter + ((nint)vertical.First * Window.KernelWidth + run.Taps.First) * Window.InChannels;
                grid.Target = target + (nint)run.Target * TargetStep;
                WindowReduction.Run<float, TVec, WeightedSum>(grid, Channels);
            }
            BiasedRows.Hold(target, TargetStep, Window.OutWidth, Channels, Bias, Range[0], Range[1]);
        }
    }

    private readonly float* Row(int row) =>
        row >= 0 && row < Window.InHeight ? Source + (nint)(row - FirstRow) * Window.InWidth * Channels : Zeros;
}
