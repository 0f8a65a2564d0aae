using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of average pooling over NHWC data, float or double. x: [Batch, InHeight, InWidth, Channels], y: [Batch, OutHeight, OutWidth, Channels].
/// As in TensorFlow, cells outside the input do not count: a window's sum is divided by the number of its cells inside. A window wholly in
/// the padding (TensorFlow refuses such paddings) gives 0. Outputs must not overlap inputs.
/// </summary>
internal static unsafe class AveragePool2DGradient
{
    /// <summary>dx = the gradient of sum(y * dy) with respect to x: each cell of a window gets its share of dy. Overwrites dx.</summary>
    public static void Run<T>(in Window2D w, T* dy, T* dx)
        where T : unmanaged, INumber<T>
    {
        Pooling.Check(w);
        var rows = new SharedRows<T>(w, dy, dx);
        WindowPass<T, WindowSum, SharedRows<T>>.Run(w, transposed: true, w.InChannels, null, rows);
    }
}
