using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Hero.Vision.Simd;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// The inverse cosine transform of 8 x 8 coefficients to 8 x 8 samples, in integers: Loeffler, Ligtenberg and Moschytz (ICASSP 1989), eleven
/// multiplications in a pass, constants of 13 bits, two bits more than the samples' kept between the passes. Columns go first. Order and
/// rounding are those of libjpeg's accurate method ("islow"), so that a picture has the same pixels here as there.
/// </summary>
internal static class InverseDct
{
    private const int ConstantBits = 13, ExtraBits = 2;

    /// <summary>Writes the samples of a block to its place in the component's plane.</summary>
    /// <param name="block">64 coefficients, multiplied by their quantization steps; they are overwritten.</param>
    /// <param name="hasDetail">False where all but the first are zero.</param>
    /// <param name="component">The plane, and how many samples a block becomes in each direction.</param>
    /// <param name="column">The block's column.</param>
    /// <param name="row">The block's row.</param>
    public static void Transform(Span<int> block, bool hasDetail, JpegComponent component, int column, int row)
    {
        var (size, stride) = (component.BlockSize, component.Stride);
        var target = component.Plane.AsSpan(row * size * stride + column * size, (size - 1) * stride + size);
        if (!hasDetail || size == 1)
        {
            // All samples are the mean; the passes give the same number.
            var value = (byte)Math.Clamp(((block[0] + 4) >> 3) + 128, 0, 255);
            for (var y = 0; y < size; y++) target.Slice(y * stride, size).Fill(value);
        }
        else if (Vector256.IsHardwareAccelerated) Transform<Lanes8>(block, size, target, stride);
        else if (Vector128.IsHardwareAccelerated) Transform<Lanes4>(block, size, target, stride);
        else Transform<Lanes1>(block, size, target, stride);
    }

    private static void Transform<TLanes>(Span<int> block, int size, Span<byte> target, int stride) where TLanes : struct, ILanes<TLanes>
    {
        if (size == 8) Transform<TLanes>(block, target, stride);
        else ReducedDct.Transform<TLanes>(block, size, target, stride);
    }

    /// <summary>All 8 x 8 samples, <paramref name="stride"/> bytes from row to row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform<TLanes>(Span<int> block, Span<byte> target, int stride) where TLanes : struct, ILanes<TLanes>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Length, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, 7 * stride + 8);
        ref var source = ref MemoryMarshal.GetReference(block);
        for (var i = 0; i < 8; i += TLanes.Count) Pass<TLanes>(ref Unsafe.Add(ref source, i), 0, ConstantBits - ExtraBits);
        SampleBlock.Transpose(ref source);
        // The second pass adds the 128 that the encoder took off.
        const int shift = ConstantBits + ExtraBits + 3;
        for (var i = 0; i < 8; i += TLanes.Count) Pass<TLanes>(ref Unsafe.Add(ref source, i), 128, shift);
        SampleBlock.StoreColumns(ref source, ref MemoryMarshal.GetReference(target), stride);
    }

    /// <summary>The one-dimensional transform down the columns, in place: (result + offset) rounded to integers of 1 / 2^shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass<T>(ref int data, int offset, int shift) where T : struct, ILanes<T>
    {
        var (x0, x4) = (T.Load(ref data), T.Load(ref Unsafe.Add(ref data, 32)));
        var (x2, x6) = (T.Load(ref Unsafe.Add(ref data, 16)), T.Load(ref Unsafe.Add(ref data, 48)));
        var rounding = T.Create((offset << shift) + (1 << (shift - 1)));

        // Even part: 2 cos(pi/8) and its like, rotated by pi/8.
        var turn = (x2 + x6) * 4433;                    // 0.541196100
        var a2 = turn - x6 * 15137;                     // 1.847759065
        var a3 = turn + x2 * 6270;                      // 0.765366865
        var a0 = ((x0 + x4) << ConstantBits) + rounding;
        var a1 = ((x0 - x4) << ConstantBits) + rounding;
        var (even0, even1, even2, even3) = (a0 + a3, a1 + a2, a1 - a2, a0 - a3);

        // Odd part.
        var (b0, b1) = (T.Load(ref Unsafe.Add(ref data, 56)), T.Load(ref Unsafe.Add(ref data, 40)));
        var (b2, b3) = (T.Load(ref Unsafe.Add(ref data, 24)), T.Load(ref Unsafe.Add(ref data, 8)));
        var (sum03, sum12, sum02, sum13) = (b0 + b3, b1 + b2, b0 + b2, b1 + b3);
        var all = (sum02 + sum13) * 9633;               // 1.175875602
        sum03 *= -7373;                                 // 0.899976223
        sum12 *= -20995;                                // 2.562915447
        sum02 = sum02 * -16069 + all;                   // 1.961570560
        sum13 = sum13 * -3196 + all;                    // 0.390180644
        var odd3 = b0 * 2446 + sum03 + sum02;           // 0.298631336
        var odd2 = b1 * 16819 + sum12 + sum13;          // 2.053119869
        var odd1 = b2 * 25172 + sum12 + sum02;          // 3.072711026
        var odd0 = b3 * 12299 + sum03 + sum13;          // 1.501321110

        ((even0 + odd0) >> shift).Store(ref data);
        ((even1 + odd1) >> shift).Store(ref Unsafe.Add(ref data, 8));
        ((even2 + odd2) >> shift).Store(ref Unsafe.Add(ref data, 16));
        ((even3 + odd3) >> shift).Store(ref Unsafe.Add(ref data, 24));
        ((even3 - odd3) >> shift).Store(ref Unsafe.Add(ref data, 32));
        ((even2 - odd2) >> shift).Store(ref Unsafe.Add(ref data, 40));
        ((even1 - odd1) >> shift).Store(ref Unsafe.Add(ref data, 48));
        ((even0 - odd0) >> shift).Store(ref Unsafe.Add(ref data, 56));
    }
}
