using System.Runtime.CompilerServices;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// The inverse cosine transform to 4 x 4 or 2 x 2 samples: a smaller picture straight from the lower frequencies. Constants and rounding are
/// libjpeg's (the even terms that would cancel are left out), so scaled pictures have the same pixels here as there.
/// </summary>
internal static class ReducedDct
{
    private const int ConstantBits = 13, ExtraBits = 2;

    /// <summary>size x size samples (4 or 2), <paramref name="stride"/> bytes from row to row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform(ReadOnlySpan<int> block, int size, Span<byte> target, int stride)
    {
        Span<int> columns = stackalloc int[4 * 8];
        Span<int> line = stackalloc int[8];
        Span<int> result = stackalloc int[4];
        for (var x = 0; x < 8; x++)
        {
            for (var y = 0; y < 8; y++) line[y] = block[8 * y + x];
            Pass(line, size, result, 0, ConstantBits - ExtraBits);
            for (var y = 0; y < size; y++) columns[8 * y + x] = result[y];
        }
        for (var y = 0; y < size; y++)
        {
            Pass(columns.Slice(8 * y, 8), size, result, 128, ConstantBits + ExtraBits + 3);
            for (var x = 0; x < size; x++) target[y * stride + x] = (byte)Math.Clamp(result[x], 0, 255);
        }
    }

    private static void Pass(ReadOnlySpan<int> x, int size, Span<int> result, int offset, int shift)
    {
        if (size == 2)
        {
            shift += 2;
            var mean = (x[0] << (ConstantBits + 2)) + (offset << shift) + (1 << (shift - 1));
            var odd = x[7] * -5906 + x[5] * 6967 + x[3] * -10426 + x[1] * 29692;        // 0.720959822, 0.850430095, 1.272758580, 3.624509785
            (result[0], result[1]) = ((mean + odd) >> shift, (mean - odd) >> shift);
            return;
        }
        shift += 1;
        var center = (x[0] << (ConstantBits + 1)) + (offset << shift) + (1 << (shift - 1));
        var even = x[2] * 15137 + x[6] * -6270;                                         // 1.847759065, 0.765366865
        var inner = x[7] * -1730 + x[5] * 11893 + x[3] * -17799 + x[1] * 8697;          // 0.211164243, 1.451774981, 2.172734803, 1.061594337
        var outer = x[7] * -4176 + x[5] * -4926 + x[3] * 7373 + x[1] * 20995;           // 0.509795579, 0.601344887, 0.899976223, 2.562915447
        (result[0], result[3]) = ((center + even + outer) >> shift, (center + even - outer) >> shift);
        (result[1], result[2]) = ((center - even + inner) >> shift, (center - even - inner) >> shift);
    }
}
