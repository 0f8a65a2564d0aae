using System.Numerics;
using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// 2-D convolution over NHWC images and its gradients, float32 and float64, any stride, dilation, padding and number of groups.
/// Filters are [kernel height, kernel width, input channels / groups, output channels]. Implicit matrix products: the register
/// tile of <see cref="GemmTile"/> slides over the images; patches are never copied out. 1 x 1 convolutions are plain matrix products,
/// 3 x 3 ones go by <see cref="Winograd"/> where that pays.
/// No operand overlaps a result.
/// </summary>
internal static unsafe class Conv2D
{
    /// <summary>
    /// y[b, i, j, o] = sum over kernel rows u, columns v and the channels c of o's group of
    /// x[b, i * strideHeight + u * dilationHeight - padTop, j * strideWidth + v * dilationWidth - padLeft, c] * filter[u, v, c, o].
    /// The epilogue's ranges count from <paramref name="y"/>.
    /// </summary>
    public static void Forward<T, TEpilogue>(in Window2D w, T* x, T* filter, T* y, TEpilogue epilogue, in Intake intake = default)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue
    {
        if (OutputSize(w) == 0) return;
        if (IsPointwise(w, out var pixels))
        {
            Gemm.Run(x, filter, y, pixels, w.OutChannels, w.InChannels, false, false, 1, 0, 0, 0, epilogue, intake);
            return;
        }
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Unsupported(typeof(T));
        if (Vector512.IsHardwareAccelerated) Conv2DDriver<TileVector512<T>, Vector512<T>, T>.Forward(Lying(w), x, filter, y, epilogue);
        else if (Vector256.IsHardwareAccelerated) Conv2DDriver<TileVector256<T>, Vector256<T>, T>.Forward(Lying(w), x, filter, y, epilogue);
        else if (Vector128.IsHardwareAccelerated) Conv2DDriver<TileVector128<T>, Vector128<T>, T>.Forward(Lying(w), x, filter, y, epilogue);
        else Conv2DDriver<TileVector1<T>, T, T>.Forward(Lying(w), x, filter, y, epilogue);
    }

    /// <summary>Elements of the filter as <see cref="PackFilter"/> leaves it.</summary>
    public static nint PackedFilterSize<T>(in Window2D w) where T : unmanaged, INumber<T>
    {
        if (IsPointwise(w, out _)) return PackedMatrix<T>.Size(w.InChannels, w.OutChannels);
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Unsupported(typeof(T));
        if (Vector512.IsHardwareAccelerated) return Conv2DDriver<TileVector512<T>, Vector512<T>, T>.PackedFilterSize(Lying(w));
        if (Vector256.IsHardwareAccelerated) return Conv2DDriver<TileVector256<T>, Vector256<T>, T>.PackedFilterSize(Lying(w));
        if (Vector128.IsHardwareAccelerated) return Conv2DDriver<TileVector128<T>, Vector128<T>, T>.PackedFilterSize(Lying(w));
        return Conv2DDriver<TileVector1<T>, T, T>.PackedFilterSize(Lying(w));
    }

    /// <summary>
    /// Brings a filter into the order in which <see cref="ForwardPacked"/> reads it, for filters that are used more often than they
    /// change. The order depends on the shape and the processor and never leaves the process.
    /// </summary>
    public static void PackFilter<T>(in Window2D w, T* filter, T* packed) where T : unmanaged, INumber<T>
    {
        if (IsPointwise(w, out _)) new PackedMatrix<T>(packed, w.InChannels, w.OutChannels).Pack(filter, w.OutChannels, transposed: false);
        else if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Unsupported(typeof(T));
        else if (Vector512.IsHardwareAccelerated) Conv2DDriver<TileVector512<T>, Vector512<T>, T>.PackFilter(Lying(w), filter, packed);
        else if (Vector256.IsHardwareAccelerated) Conv2DDriver<TileVector256<T>, Vector256<T>, T>.PackFilter(Lying(w), filter, packed);
        else if (Vector128.IsHardwareAccelerated) Conv2DDriver<TileVector128<T>, Vector128<T>, T>.PackFilter(Lying(w), filter, packed);
        else Conv2DDriver<TileVector1<T>, T, T>.PackFilter(Lying(w), filter, packed);
    }

    /// <summary><see cref="Forward"/> with a filter that <see cref="PackFilter"/> has packed for the same shape.</summary>
    public static void ForwardPacked<T, TEpilogue>(in Window2D w, T* x, T* packedFilter, T* y, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IEpilogue
    {
        if (OutputSize(w) == 0) return;
        if (IsPointwise(w, out var pixels)) Conv2DPointwise<T, TEpilogue>.Run(x, new PackedMatrix<T>(packedFilter, w.InChannels, w.OutChannels), y, pixels, epilogue);
        else if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Unsupported(typeof(T));
        else if (Vector512.IsHardwareAccelerated) Conv2DDriver<TileVector512<T>, Vector512<T>, T>.ForwardPacked(Lying(w), x, packedFilter, y, epilogue);
        else if (Vector256.IsHardwareAccelerated) Conv2DDriver<TileVector256<T>, Vector256<T>, T>.ForwardPacked(Lying(w), x, packedFilter, y, epilogue);
        else if (Vector128.IsHardwareAccelerated) Conv2DDriver<TileVector128<T>, Vector128<T>, T>.ForwardPacked(Lying(w), x, packedFilter, y, epilogue);
        else Conv2DDriver<TileVector1<T>, T, T>.ForwardPacked(Lying(w), x, packedFilter, y, epilogue);
    }

    /// <summary>The gradient with respect to x, given the one with respect to y: overwrites all of <paramref name="dx"/>.</summary>
    public static void InputGradient<T>(in Window2D w, T* dy, T* filter, T* dx) where T : unmanaged, INumber<T>
    {
        if (OutputSize(w) == 0)
        {
            Conv2DClear<T>.Run(dx, (nint)w.Batch * w.InHeight * w.InWidth * w.InChannels);
            return;
        }
        if (IsPointwise(w, out var pixels))
        {
            Gemm.Run(dy, filter, dx, pixels, w.InChannels, w.OutChannels, false, true, 1, 0, 0, 0, default(NoEpilogue));
            return;
        }
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Unsupported(typeof(T));
        if (Vector512.IsHardwareAccelerated) Conv2DDriver<TileVector512<T>, Vector512<T>, T>.InputGradient(Lying(w), dy, filter, dx);
        else if (Vector256.IsHardwareAccelerated) Conv2DDriver<TileVector256<T>, Vector256<T>, T>.InputGradient(Lying(w), dy, filter, dx);
        else if (Vector128.IsHardwareAccelerated) Conv2DDriver<TileVector128<T>, Vector128<T>, T>.InputGradient(Lying(w), dy, filter, dx);
        else Conv2DDriver<TileVector1<T>, T, T>.InputGradient(Lying(w), dy, filter, dx);
    }

    /// <summary>The gradient with respect to the filter: overwrites all of <paramref name="dfilter"/>.</summary>
    public static void FilterGradient<T>(in Window2D w, T* x, T* dy, T* dfilter, in Intake intake = default) where T : unmanaged, INumber<T>
    {
        if (OutputSize(w) == 0)
        {
            Conv2DClear<T>.Run(dfilter, (nint)w.KernelHeight * w.KernelWidth * (w.InChannels / w.Groups) * w.OutChannels);
            return;
        }
        if (IsPointwise(w, out var pixels))
        {
            Gemm.Run(x, dy, dfilter, w.InChannels, w.OutChannels, pixels, true, false, 1, 0, 0, 0, default(NoEpilogue), intake);
            return;
        }
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw Unsupported(typeof(T));
        if (Vector512.IsHardwareAccelerated) Conv2DDriver<TileVector512<T>, Vector512<T>, T>.FilterGradient(Lying(w), x, dy, dfilter);
        else if (Vector256.IsHardwareAccelerated) Conv2DDriver<TileVector256<T>, Vector256<T>, T>.FilterGradient(Lying(w), x, dy, dfilter);
        else if (Vector128.IsHardwareAccelerated) Conv2DDriver<TileVector128<T>, Vector128<T>, T>.FilterGradient(Lying(w), x, dy, dfilter);
        else Conv2DDriver<TileVector1<T>, T, T>.FilterGradient(Lying(w), x, dy, dfilter);
    }

    /// <summary>Whether the input may be an intake, forward or in the filter's gradient: where a 1 x 1 convolution reads each pixel once.</summary>
    public static bool TakesInput(in Window2D w, bool isFilterGradient) => IsPointwise(w, out var pixels)
        && (isFilterGradient ? Gemm.TakesLeft(w.InChannels, w.OutChannels, pixels, transposeA: true) : Gemm.TakesLeft(pixels, w.OutChannels, w.InChannels, transposeA: false));

    private static nint OutputSize(in Window2D w) => (nint)w.Batch * w.OutHeight * w.OutWidth * w.OutChannels;

    /// <summary>A single column of pixels is the same memory as a single row, and tiles run along rows.</summary>
    private static Window2D Lying(in Window2D w) => w is not { InWidth: 1, OutWidth: 1, KernelWidth: 1, PadLeft: 0 } ? w : w with
    {
        InHeight = 1, OutHeight = 1, KernelHeight = 1, StrideHeight = 1, DilationHeight = 1, PadTop = 0,
        InWidth = w.InHeight, OutWidth = w.OutHeight, KernelWidth = w.KernelHeight, StrideWidth = w.StrideHeight,
        DilationWidth = w.DilationHeight, PadLeft = w.PadTop,
    };

    /// <summary>Whether a convolution is a product of all its pixels with the filter.</summary>
    public static bool IsPointwise(in Window2D w, out int pixels)
    {
        var count = (long)w.Batch * w.OutHeight * w.OutWidth;
        pixels = (int)Math.Min(count, int.MaxValue);
        return count <= int.MaxValue && w.Groups == 1 && w is
        {
            KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, PadTop: 0, PadLeft: 0,
        } && w.OutHeight == w.InHeight && w.OutWidth == w.InWidth;
    }

    private static NotSupportedException Unsupported(Type type) =>
        new($"Convolution computes in float32 and float64, got {type.Name}. Cast the operands to one of them first.");
}
