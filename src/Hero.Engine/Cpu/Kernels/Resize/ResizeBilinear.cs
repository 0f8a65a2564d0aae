using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Bilinear resizing of NHWC data, float or double, as TensorFlow 2's tf.image.resize: output centre (i + 0.5) * in / out - 0.5 in the
/// input, coordinates clamped at the edges. With antialias the triangle is widened by the reduction factor and its weights inside the
/// picture are made to add up to 1. Outputs must not overlap inputs.
/// </summary>
internal static unsafe class ResizeBilinear
{
    /// <summary>y = x resized. Without half-pixel centres output i lies at i * in / out (TensorFlow 1).</summary>
    public static void Forward<T>(in ResizeShape shape, T* x, T* y, bool halfPixelCenters = true, bool antialias = false)
        where T : unmanaged, INumber<T>
    {
        var sampling = new ResizeSampling(antialias ? ResizeFilter.Triangle : ResizeFilter.Linear, halfPixelCenters);
        ResizePass<T>.Run(shape, sampling, transposed: false, x, y);
    }

    /// <summary>dx = the gradient of sum(y * dy) with respect to x. Overwrites all of dx.</summary>
    public static void Gradient<T>(in ResizeShape shape, T* dy, T* dx, bool halfPixelCenters = true, bool antialias = false)
        where T : unmanaged, INumber<T>
    {
        var sampling = new ResizeSampling(antialias ? ResizeFilter.Triangle : ResizeFilter.Linear, halfPixelCenters);
        ResizePass<T>.Run(shape, sampling, transposed: true, dy, dx);
    }
}
