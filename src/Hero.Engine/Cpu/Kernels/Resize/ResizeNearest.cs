using System.Numerics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Nearest-neighbour resizing of NHWC data, float or double, as TensorFlow 2's tf.image.resize: output i takes the input cell that its
/// centre (i + 0.5) * in / out lies in, reckoned in float32 as TensorFlow does. Outputs must not overlap inputs.
/// </summary>
internal static unsafe class ResizeNearest
{
    /// <summary>y = x resized.</summary>
    public static void Forward<T>(in ResizeShape shape, T* x, T* y)
        where T : unmanaged, INumber<T>
        => ResizePass<T>.Run(shape, new ResizeSampling(ResizeFilter.Nearest, HalfPixelCenters: true), transposed: false, x, y);

    /// <summary>dx = the gradient of sum(y * dy) with respect to x. Overwrites all of dx.</summary>
    public static void Gradient<T>(in ResizeShape shape, T* dy, T* dx)
        where T : unmanaged, INumber<T>
        => ResizePass<T>.Run(shape, new ResizeSampling(ResizeFilter.Nearest, HalfPixelCenters: true), transposed: true, dy, dx);
}
