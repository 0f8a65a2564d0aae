using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Depthwise 2-D convolution over NHWC data: input channel c makes output channels c * multiplier + q, q = 0 .. multiplier - 1, each
/// with a filter of its own. x: [Batch, InHeight, InWidth, InChannels], filter: [KernelHeight, KernelWidth, InChannels, multiplier],
/// y: [Batch, OutHeight, OutWidth, InChannels * multiplier]; float or double. Outputs must not overlap inputs.
/// </summary>
internal static unsafe partial class DepthwiseConv2D
{
    /// <summary>y[n, i, j, c * m + q] = sum over the taps of x[n, i', j', c] * filter[ky, kx, c, q]. x may be an intake where the multiplier is 1.</summary>
    public static void Forward<T, TEpilogue>(in Window2D w, T* x, T* filter, T* y, TEpilogue epilogue, in Intake intake = default)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue
    {
        var multiplier = Multiplier(w);
        if (multiplier == 1 && Slides(w))
        {
            DepthwiseSlidePass<T, TEpilogue>.Run(w, transposed: false, filter, x, y, epilogue, intake);
        }
        else if (intake.Exists)
        {
            WindowPass<T, WeightedSum, TakenRows<T, TEpilogue>>.Run(w, transposed: false, w.OutChannels, filter, new TakenRows<T, TEpilogue>(w, intake, y, epilogue));
        }
        else if (multiplier == 1)
        {
            var rows = new DirectRows<T, TEpilogue>(
                x, w.InHeight, (nint)w.InWidth * w.InChannels, y, (nint)w.OutWidth * w.OutChannels, epilogue);
            WindowPass<T, WeightedSum, DirectRows<T, TEpilogue>>.Run(w, transposed: false, w.OutChannels, filter, rows);
        }
        else
        {
            var rows = new RepeatedRows<T, TEpilogue>(w, x, y, multiplier, epilogue);
            WindowPass<T, WeightedSum, RepeatedRows<T, TEpilogue>>.Run(w, transposed: false, w.OutChannels, filter, rows);
        }
    }

    /// <summary>dx = the gradient of sum(y * dy) with respect to x. Overwrites all of dx.</summary>
    public static void InputGradient<T>(in Window2D w, T* dy, T* filter, T* dx)
        where T : unmanaged, INumber<T>
    {
        var multiplier = Multiplier(w);
        if (multiplier == 1 && Slides(w))
        {
            DepthwiseSlidePass<T, NoEpilogue>.Run(w, transposed: true, filter, dy, dx, default);
        }
        else if (multiplier == 1)
        {
            var rows = new DirectRows<T, NoEpilogue>(
                dy, w.OutHeight, (nint)w.OutWidth * w.OutChannels, dx, (nint)w.InWidth * w.InChannels, default);
            WindowPass<T, WeightedSum, DirectRows<T, NoEpilogue>>.Run(w, transposed: true, w.OutChannels, filter, rows);
        }
        else
        {
            var rows = new ContractedRows<T>(w, dy, dx, multiplier);
            WindowPass<T, WeightedSum, ContractedRows<T>>.Run(w, transposed: true, w.OutChannels, filter, rows);
        }
    }

    /// <summary>Whether the windows are 3 x 3, one cell apart, and at most two columns out of the input on either side.</summary>
    public static bool Slides(in Window2D w) =>
        w is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 }
        && w is { PadLeft: >= 0 and <= 2, InHeight: > 0, InWidth: > 0, OutWidth: > 0 }
        && w.OutWidth + 2 - w.InWidth - w.PadLeft is >= 0 and <= 2;

    private static int Multiplier(in Window2D w) => w.InChannels > 0 && w.OutChannels % w.InChannels == 0
        ? w.OutChannels / w.InChannels
        : throw new ArgumentException(
            $"Depthwise convolution expects OutChannels to be a multiple of InChannels, got {w.OutChannels} for {w.InChannels}.",
            nameof(w));
}
