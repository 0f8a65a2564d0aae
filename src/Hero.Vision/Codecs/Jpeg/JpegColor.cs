using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Hero.Vision.Simd;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>From the components' rows to rows of pixels.</summary>
internal static class JpegColor
{
    /// <summary>
    /// YCbCr to RGB as JFIF defines it: R = Y + 1.402 (Cr - 128), G = Y - 0.344136 (Cb - 128) - 0.714136 (Cr - 128), B = Y + 1.772 (Cb - 128),
    /// in 16-bit fixed point with libjpeg's rounding. The rows have the same length; the planes of the result are as long.
    /// </summary>
    public static void ToRgb(ReadOnlySpan<byte> y, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        cb = cb[..y.Length];
        cr = cr[..y.Length];
        red = red[..y.Length];
        green = green[..y.Length];
        blue = blue[..y.Length];
        var done = 0;
        if (Vector512.IsHardwareAccelerated) done = ToRgb<Lanes16>(y, cb, cr, red, green, blue, 0);
        else if (Vector256.IsHardwareAccelerated) done = ToRgb<Lanes8>(y, cb, cr, red, green, blue, 0);
        else if (Vector128.IsHardwareAccelerated) done = ToRgb<Lanes4>(y, cb, cr, red, green, blue, 0);
        ToRgb<Lanes1>(y, cb, cr, red, green, blue, done);
    }

    /// <summary>Three planes to pixels: r0 g0 b0 r1 g1 b1 ...</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Interleave(ReadOnlySpan<byte> red, ReadOnlySpan<byte> green, ReadOnlySpan<byte> blue, Span<byte> target)
    {
        green = green[..red.Length];
        blue = blue[..red.Length];
        target = target[..(3 * red.Length)];
        var i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref var output = ref MemoryMarshal.GetReference(target);
            for (; i <= red.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                var (r, g, b) = (Vector128.Create(red.Slice(i, 16)), Vector128.Create(green.Slice(i, 16)), Vector128.Create(blue.Slice(i, 16)));
                // An index beyond 15 gives 0, so that the three can be joined.
                var first = Vector128.Shuffle(r, Vector128.Create((byte)0, 99, 99, 1, 99, 99, 2, 99, 99, 3, 99, 99, 4, 99, 99, 5))
                    | Vector128.Shuffle(g, Vector128.Create((byte)99, 0, 99, 99, 1, 99, 99, 2, 99, 99, 3, 99, 99, 4, 99, 99))
                    | Vector128.Shuffle(b, Vector128.Create((byte)99, 99, 0, 99, 99, 1, 99, 99, 2, 99, 99, 3, 99, 99, 4, 99));
                var second = Vector128.Shuffle(r, Vector128.Create((byte)99, 99, 6, 99, 99, 7, 99, 99, 8, 99, 99, 9, 99, 99, 10, 99))
                    | Vector128.Shuffle(g, Vector128.Create((byte)5, 99, 99, 6, 99, 99, 7, 99, 99, 8, 99, 99, 9, 99, 99, 10))
                    | Vector128.Shuffle(b, Vector128.Create((byte)99, 5, 99, 99, 6, 99, 99, 7, 99, 99, 8, 99, 99, 9, 99, 99));
                var third = Vector128.Shuffle(r, Vector128.Create((byte)99, 11, 99, 99, 12, 99, 99, 13, 99, 99, 14, 99, 99, 15, 99, 99))
                    | Vector128.Shuffle(g, Vector128.Create((byte)99, 99, 11, 99, 99, 12, 99, 99, 13, 99, 99, 14, 99, 99, 15, 99))
                    | Vector128.Shuffle(b, Vector128.Create((byte)10, 99, 99, 11, 99, 99, 12, 99, 99, 13, 99, 99, 14, 99, 99, 15));
                first.StoreUnsafe(ref output, (nuint)(3 * i));
                second.StoreUnsafe(ref output, (nuint)(3 * i + 16));
                third.StoreUnsafe(ref output, (nuint)(3 * i + 32));
            }
        }
        for (; i < red.Length; i++) (target[3 * i], target[3 * i + 1], target[3 * i + 2]) = (red[i], green[i], blue[i]);
    }

    /// <summary>Converts from pixel <paramref name="start"/> on as many whole groups as fit; returns where it stopped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ToRgb<T>(
        ReadOnlySpan<byte> y, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> red, Span<byte> green, Span<byte> blue, int start)
        where T : struct, ILanes<T>
    {
        ref var sourceY = ref MemoryMarshal.GetReference(y);
        ref var sourceCb = ref MemoryMarshal.GetReference(cb);
        ref var sourceCr = ref MemoryMarshal.GetReference(cr);
        var (half, center) = (T.Create(1 << 15), T.Create(128));
        var i = start;
        for (; i <= y.Length - T.Count; i += T.Count)
        {
            var luma = T.Load(ref Unsafe.Add(ref sourceY, i));
            var (u, v) = (T.Load(ref Unsafe.Add(ref sourceCb, i)) - center, T.Load(ref Unsafe.Add(ref sourceCr, i)) - center);
            (luma + ((v * 91881 + half) >> 16)).Store(ref red[i]);
            (luma + ((u * -22554 + v * -46802 + half) >> 16)).Store(ref green[i]);
            (luma + ((u * 116130 + half) >> 16)).Store(ref blue[i]);
        }
        return i;
    }
}
