namespace Hero.Cpu.Kernels;

/// <summary>
/// A sliding sum over images: the forward convolution, or one phase of its input gradient. For every output pixel and group
/// sum over taps and channels of input * filter; input images are dense [Rows.Inputs, Columns.Inputs, InChannels], output pixels
/// lie where the steps say.
/// </summary>
internal unsafe struct Conv2DPass<T> where T : unmanaged
{
    public Conv2DAxis Rows, Columns;
    public int Batch, Groups;

    /// <summary>Channels of a group.</summary>
    public int GroupIn, GroupOut;

    public T* Input, Output;

    /// <summary>Elements from one output pixel, row and image to the next.</summary>
    public nint OutputPixelStep, OutputRowStep, OutputImageStep;

    /// <summary>The filter [kernel height, kernel width, in / groups, out] of the forward convolution.</summary>
    public T* Filter;

    public int FilterWidth;

    /// <summary>Whether the filter's input and output channels change places (the input gradient).</summary>
    public bool Transposed;

    public readonly int InChannels => GroupIn * Groups;

    /// <summary>Length of the sum behind one output element.</summary>
    public readonly int Depth => Rows.Taps * Columns.Taps * GroupIn;

    /// <summary>Whether inputs outside the image have to be made up.</summary>
    public readonly bool Padded => !(Rows.Inside && Columns.Inside);

    /// <summary>Whether the taps of a kernel row read one run of memory.</summary>
    public readonly bool DenseRows => Groups == 1 && Columns.Dense;

    /// <summary>The inner dimension as segments of neighbouring elements.</summary>
    public readonly int Segments => DenseRows ? Rows.Taps : Rows.Taps * Columns.Taps;

    public readonly int SegmentLength => Depth / Segments;

    public readonly double Work => (double)Batch * Rows.Outputs * Columns.Outputs * Depth * GroupOut * Groups;
}
