namespace Hero.Cpu.Kernels;

/// <summary>
/// A sliding sum over pictures with operands in bfloat16, or rounded to it, and a result in float32: the forward convolution, or one phase of
/// its input gradient; with no taps, zeros. The inner dimension falls into segments of neighbouring elements, each of whole steps of the unit.
/// </summary>
internal unsafe struct BFloat16Conv2DPass<T> where T : unmanaged
{
    public Conv2DAxis Rows, Columns;
    public int Batch, InChannels, OutChannels;

    /// <summary>Pictures [batch, Rows.Inputs, Columns.Inputs, InChannels].</summary>
    public T* Input;

    /// <summary>Null where only the epilogue sees the output.</summary>
    public float* Output;

    public BFloat16Conv2DOutput Outputs;

    /// <summary>The filter [kernel height, kernel width, in, out] of the forward convolution.</summary>
    public T* Filter;

    public int FilterWidth;

    /// <summary>Whether the filter's input and output channels change places (the input gradient).</summary>
    public bool Transposed;

    public readonly int Taps => Rows.Taps * Columns.Taps;

    /// <summary>Length of the sum behind one output element.</summary>
    public readonly int Depth => Taps * InChannels;

    /// <summary>Whether inputs outside the picture have to be made up.</summary>
    public readonly bool Padded => !(Rows.Inside && Columns.Inside);

    /// <summary>Whether pictures can be read where they lie.</summary>
    public readonly bool InPlace => sizeof(T) == sizeof(ushort) && !Padded;

    /// <summary>Pixels in a row of a picture as tiles see it: the picture's, or the copy's.</summary>
    public readonly int ViewWidth => InPlace ? Columns.Inputs : Columns.Reach(Columns.Outputs);

    /// <summary>Whether a segment is a kernel row and not just a tap: where taps are neighbours and a tap alone is no whole number of steps.</summary>
    public readonly bool RowSegments => Columns.Dense && InChannels % TileUnit.DepthStep != 0;

    public readonly int Segments => RowSegments ? Rows.Taps : Taps;

    public readonly int SegmentLength => Depth / Segments;

    /// <summary>The depth of a step: even, and the segment a multiple of it.</summary>
    public readonly int DepthStep => LargestStep(SegmentLength);

    public readonly double Work => (double)Batch * Rows.Outputs * Columns.Outputs * Depth * OutChannels;

    /// <summary>The largest even divisor of a length that fits the unit; 0 for odd lengths.</summary>
    public static int LargestStep(int length)
    {
        var step = TileUnit.DepthStep;
        while (step > 0 && length % step != 0) step -= 2;
        return step;
    }

    public static BFloat16Conv2DPass<T> Forward(in Window2D w, T* x, T* filter, float* y) => new()
    {
        Rows = Conv2DAxis.Forward(w.InHeight, w.OutHeight, w.KernelHeight, w.StrideHeight, w.DilationHeight, w.PadTop),
        Columns = Conv2DAxis.Forward(w.InWidth, w.OutWidth, w.KernelWidth, w.StrideWidth, w.DilationWidth, w.PadLeft),
        Batch = w.Batch, InChannels = w.InChannels, OutChannels = w.OutChannels,
        Input = x, Output = y, Filter = filter, FilterWidth = w.KernelWidth,
        Outputs = new(0, w.OutChannels, (nint)w.OutWidth * w.OutChannels, (nint)w.OutHeight * w.OutWidth * w.OutChannels),
    };

    /// <summary>The gradient of every stride-th input from a phase on.</summary>
    public static BFloat16Conv2DPass<T> InputGradient(in Window2D w, T* dy, T* filter, float* dx, int phaseY, int phaseX) => new()
    {
        Rows = Conv2DAxis.Gradient(w.InHeight, w.OutHeight, w.KernelHeight, w.StrideHeight, w.DilationHeight, w.PadTop, phaseY),
        Columns = Conv2DAxis.Gradient(w.InWidth, w.OutWidth, w.KernelWidth, w.StrideWidth, w.DilationWidth, w.PadLeft, phaseX),
        Batch = w.Batch, InChannels = w.OutChannels, OutChannels = w.InChannels,
        Input = dy, Output = dx,
        Filter = filter, FilterWidth = w.KernelWidth, Transposed = true,
        Outputs = new(((nint)phaseY * w.InWidth + phaseX) * w.InChannels, (nint)w.StrideWidth * w.InChannels, (nint)w.StrideHeight * w.InWidth * w.InChannels, (nint)w.InHeight * w.InWidth * w.InChannels),
    };
}
