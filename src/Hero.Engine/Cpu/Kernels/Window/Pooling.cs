using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Pooling of NHWC data: what <typeparamref name="TOperation"/> (<see cref="WindowMaximum"/>, <see cref="WindowMean"/>) makes of each window.
/// x: [Batch, InHeight, InWidth, Channels], y: [Batch, OutHeight, OutWidth, Channels]. Outputs must not overlap inputs.
/// </summary>
internal static unsafe class Pooling<TOperation> where TOperation : struct, IWindowOperation
{
    /// <summary>y = the result of each window, float or double.</summary>
    public static void Forward<T, TEpilogue>(in Window2D w, T* x, T* y, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue
    {
        Pooling.Check(w);
        var rows = new DirectRows<T, TEpilogue>(x, w.InHeight, (nint)w.InWidth * w.InChannels, y, (nint)w.OutWidth * w.InChannels, epilogue);
        WindowPass<T, TOperation, DirectRows<T, TEpilogue>>.Run(w, transposed: false, w.InChannels, null, rows);
    }

    /// <summary>As the other overload, for bfloat16 in memory.</summary>
    public static void Forward<TEpilogue>(in Window2D w, BFloat16* x, BFloat16* y, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        Pooling.Check(w);
        WindowPass<float, TOperation, WidenedRows<TEpilogue>>.Run(w, transposed: false, w.InChannels, null, new WidenedRows<TEpilogue>(w, x, y, epilogue));
    }
}

/// <summary>What all pooling and its gradients share.</summary>
internal static class Pooling
{
    public static void Check(in Window2D w)
    {
        if (w.InChannels != w.OutChannels)
        {
            throw new ArgumentException(
                $"Pooling expects as many output as input channels, got {w.OutChannels} for {w.InChannels}.", nameof(w));
        }
    }
}
