using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// The gradient of max pooling over NHWC data, and that gradient's own. x: [Batch, InHeight, InWidth, Channels], y: [Batch, OutHeight, OutWidth, Channels].
/// Cells outside the input are absent, not zero. A window with a NaN has NaN for its maximum. A window wholly in the padding (TensorFlow
/// refuses such paddings) gives minus infinity, the maximum of nothing, and sends its gradient nowhere. Outputs must not overlap inputs.
/// </summary>
internal static unsafe class MaxPool2DGradient
{
    /// <summary>
    /// dx = the gradient of sum(y * dy) with respect to x: each window sends its dy to its first maximum in row-major order (its first
    /// NaN if it has one). Overwrites all of dx. <paramref name="y"/> is what <see cref="Pooling{TOperation}"/> gave before any epilogue.
    /// </summary>
    public static void Run<T, TEpilogue>(in Window2D w, T* x, T* y, T* dy, T* dx, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue
    {
        Pooling.Check(w);
        MaxPoolGradientBands<T, TEpilogue>.Run(w, x, y, dy, dx, epilogue);
    }

    /// <summary>As the other overload, for bfloat16 in memory: sums of overlapping windows are rounded once.</summary>
    public static void Run<TEpilogue>(in Window2D w, BFloat16* x, BFloat16* y, BFloat16* dy, BFloat16* dx, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        Pooling.Check(w);
        if (MaxPoolGradientPass<ushort>.AreDisjoint(w)) MaxPoolGradientBands<ushort, TEpilogue>.Run(w, (ushort*)x, (ushort*)y, (ushort*)dy, (ushort*)dx, epilogue);
        else MaxPoolWidened<TEpilogue>.Run(w, x, y, dy, dx, epilogue);
    }

    /// <summary>
    /// The transpose of <see cref="Run{T, TEpilogue}"/>, which its own gradient needs: ddy = the value of ddx where each window has its first
    /// maximum; 0 for a window wholly in the padding. Overwrites all of ddy.
    /// </summary>
    public static void Pick<T>(in Window2D w, T* x, T* y, T* ddx, T* ddy)
        where T : unmanaged, INumber<T>
    {
        Pooling.Check(w);
        MaxPoolPickPass<T>.Run(w, x, y, ddx, ddy);
    }
}
