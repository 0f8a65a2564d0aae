using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Average pooling over NHWC data, float or double. x: [Batch, InHeight, InWidth, Channels], y: [Batch, OutHeight, OutWidth, Channels].
/// As in TensorFlow, cells outside the input do not count: a window's sum is divided by the number of its cells inside. A window wholly in
/// the padding (TensorFlow refuses such paddings) gives 0. Outputs must not overlap inputs.
/// </summary>
internal static unsafe class AveragePool2D
{
    /// <summary>y = the mean of each window.</summary>
    public static void Forward<T, TEpilogue>(in Window2D w, T* x, T* y, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue
    {
        Pooling.Check(w);
        var rows = new DirectRows<T, TEpilogue>(
            x, w.InHeight, (nint)w.InWidth * w.InChannels, y, (nint)w.OutWidth * w.InChannels, epilogue);
        WindowPass<T, WindowMean, DirectRows<T, TEpilogue>>.Run(w, transposed: false, w.InChannels, null, rows);
    }

    /// <summary>As the other overload, for bfloat16 in memory.</summary>
    public static void Forward<TEpilogue>(in Window2D w, BFloat16* x, BFloat16* y, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        Pooling.Check(w);
        WindowPass<float, WindowMean, WidenedRows<TEpilogue>>.Run(w, transposed: false, w.InChannels, null, new WidenedRows<TEpilogue>(w, x, y, epilogue));
    }

    /// <summary>dx = the gradient of sum(y * dy) with respect to x: each cell of a window gets its share of dy. Overwrites dx.</summary>
    public static void Gradient<T>(in Window2D w, T* dy, T* dx)
        where T : unmanaged, INumber<T>
    {
        Pooling.Check(w);
        var rows = new SharedRows<T>(w, dy, dx);
        WindowPass<T, WindowSum, SharedRows<T>>.Run(w, transposed: true, w.InChannels, null, rows);
    }
}
