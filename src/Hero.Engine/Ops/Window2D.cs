namespace Hero;

/// <summary>
/// The geometry of a 2-D convolution or pooling over NHWC data: input [Batch, InHeight, InWidth, InChannels], output
/// [Batch, OutHeight, OutWidth, OutChannels]. Output row y, kernel row ky reads input row y * StrideHeight + ky * DilationHeight - PadTop
/// (likewise for columns); rows outside the input count as zero (convolution) or as absent (pooling).
/// </summary>
internal readonly record struct Window2D(
    int Batch, int InHeight, int InWidth, int InChannels,
    int OutHeight, int OutWidth, int OutChannels,
    int KernelHeight, int KernelWidth,
    int StrideHeight = 1, int StrideWidth = 1,
    int DilationHeight = 1, int DilationWidth = 1,
    int PadTop = 0, int PadLeft = 0,
    int Groups = 1)
{
    public Shape InputShape => [Batch, InHeight, InWidth, InChannels];

    public Shape OutputShape => [Batch, OutHeight, OutWidth, OutChannels];

    /// <summary>Additions and multiplications of a convolution, padding counted; a depthwise one has as many groups as channels.</summary>
    public double Flops => 2.0 * OutputShape.Size * KernelHeight * KernelWidth * InChannels / Groups;

    /// <summary>Works out the output size and the padding; throws where nothing would be left.</summary>
    public static Window2D Create(
        string operation, Shape input, int outChannels, (int Height, int Width) kernel, (int Height, int Width) strides,
        Padding padding, (int Height, int Width) dilation, int groups = 1)
    {
        if (input.Rank != 4)
            throw new ArgumentException($"{operation} expects pictures of shape (batch, height, width, channels), got shape {input}. Add a channel axis with ExpandDims(-1) if it is missing.");
        foreach (var (value, name) in new[] { (kernel.Height, "kernel"), (kernel.Width, "kernel"), (strides.Height, "strides"), (strides.Width, "strides"), (dilation.Height, "dilation"), (dilation.Width, "dilation") })
            if (value < 1) throw new ArgumentException($"{operation} needs {name} of at least 1, got {value}.");
        var (height, top) = padding.Resolve(input[1], kernel.Height, strides.Height, dilation.Height, vertical: true);
        var (width, left) = padding.Resolve(input[2], kernel.Width, strides.Width, dilation.Width, vertical: false);
        if (height < 1 || width < 1 || top < 0 || left < 0)
            throw new ArgumentException($"{operation} with a window of {kernel.Height} x {kernel.Width} and padding {padding} does not fit into shape {input}. Use larger pictures, fewer poolings, or padding \"same\".");
        return new Window2D(
            input[0], input[1], input[2], input[3], height, width, outChannels, kernel.Height, kernel.Width,
            strides.Height, strides.Width, dilation.Height, dilation.Width, top, left, groups);
    }
}
