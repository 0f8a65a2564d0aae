using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hero.Vision.Simd;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// The inverse cosine transform to 4 x 4 or 2 x 2 samples: a smaller picture straight from the lower frequencies. Constants and rounding are
/// libjpeg's (the even terms that would cancel are left out), so scaled pictures have the same pixels here as there.
/// </summary>
internal static class ReducedDct
{
    private const int ConstantBits = 13, ExtraBits = 2;

    /// <summary>Writes size x size samples (4 or 2), <paramref name="stride"/> bytes from row to row; the block is overwritten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform<TLanes>(Span<int> block, int size, Span<byte> target, int stride) where TLanes : struct, ILanes<TLanes>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Length, 64);
        ref var data = ref MemoryMarshal.GetReference(block);
        for (var i = 0; i < 8; i += TLanes.Count) Pass<TLanes>(ref Unsafe.Add(ref data, i), size, 0, ConstantBits - ExtraBits);
        SampleBlock.Transpose(ref data);
        // Of the columns, which were the rows, only the first ones hold anything now.
        for (var i = 0; i < size; i += TLanes.Count) Pass<TLanes>(ref Unsafe.Add(ref data, i), size, 128, ConstantBits + ExtraBits + 3);
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++) target[y * stride + x] = (byte)Math.Clamp(block[8 * x + y], 0, 255);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass<T>(ref int data, int size, int offset, int shift) where T : struct, ILanes<T>
    {
        var (x1, x3) = (T.Load(ref Unsafe.Add(ref data, 8)), T.Load(ref Unsafe.Add(ref data, 24)));
        var (x5, x7) = (T.Load(ref Unsafe.Add(ref data, 40)), T.Load(ref Unsafe.Add(ref data, 56)));
        if (size == 2)
        {
            shift += 2;
            var mean = (T.Load(ref data) << (ConstantBits + 2)) + T.Create((offset << shift) + (1 << (shift - 1)));
            var odd = x7 * -5906 + x5 * 6967 + x3 * -10426 + x1 * 29692;        // 0.720959822, 0.850430095, 1.272758580, 3.624509785
            ((mean + odd) >> shift).Store(ref data);
            ((mean - odd) >> shift).Store(ref Unsafe.Add(ref data, 8));
            return;
        }
        shift += 1;
        var (x2, x6) = (T.Load(ref Unsafe.Add(ref data, 16)), T.Load(ref Unsafe.Add(ref data, 48)));
        var center = (T.Load(ref data) << (ConstantBits + 1)) + T.Create((offset << shift) + (1 << (shift - 1)));
        var even = x2 * 15137 + x6 * -6270;                                     // 1.847759065, 0.765366865
        var inner = x7 * -1730 + x5 * 11893 + x3 * -17799 + x1 * 8697;          // 0.211164243, 1.451774981, 2.172734803, 1.061594337
        var outer = x7 * -4176 + x5 * -4926 + x3 * 7373 + x1 * 20995;           // 0.509795579, 0.601344887, 0.899976223, 2.562915447
        ((center + even + outer) >> shift).Store(ref data);
        ((center - even + inner) >> shift).Store(ref Unsafe.Add(ref data, 8));
        ((center - even - inner) >> shift).Store(ref Unsafe.Add(ref data, 16));
        ((center + even - outer) >> shift).Store(ref Unsafe.Add(ref data, 24));
    }
}
