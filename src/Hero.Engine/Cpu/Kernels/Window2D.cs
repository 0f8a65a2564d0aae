namespace Hero.Cpu.Kernels;

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
    int Groups = 1);
