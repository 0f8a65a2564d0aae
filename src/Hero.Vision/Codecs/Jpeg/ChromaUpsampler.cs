using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// Brings rows of a component with less resolution to the picture's. Doubling weighs the nearer sample 3/4 and the farther 1/4 (a triangle
/// filter), in either direction, with libjpeg's rounding; other ratios repeat the nearest sample.
/// </summary>
internal sealed class ChromaUpsampler
{
    private readonly JpegComponent component;
    private readonly int horizontalOut, horizontalIn, verticalOut, verticalIn;
    private readonly bool doublesColumns, doublesRows;
    private readonly ushort[] sums;
    private readonly byte[] row;

    public ChromaUpsampler(JpegComponent component, JpegFrame frame)
    {
        this.component = component;
        (horizontalOut, horizontalIn) = (frame.MaxHorizontal * frame.BlockSize, component.Horizontal * component.BlockSize);
        (verticalOut, verticalIn) = (frame.MaxVertical * frame.BlockSize, component.Vertical * component.BlockSize);
        // libjpeg does not filter where a block becomes one sample, nor pictures too narrow to have an inside.
        var isSmooth = frame.BlockSize > 1;
        doublesColumns = isSmooth && horizontalOut == 2 * horizontalIn && component.Width > 2
            && (verticalOut == verticalIn || verticalOut == 2 * verticalIn);
        doublesRows = isSmooth && verticalOut == 2 * verticalIn && (doublesColumns || horizontalOut == horizontalIn);
        // One sample more on either side, and whole vectors behind.
        sums = new ushort[component.Width + 2 + Vector256<ushort>.Count];
        row = new byte[Math.Max(frame.OutputWidth, 2 * (component.Width + Vector256<ushort>.Count))];
    }

    /// <summary>
    /// The component's samples for a row of the picture, at least as many as the picture is wide; valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        if (horizontalIn == horizontalOut && verticalIn == verticalOut) return Samples(y, padded: true);
        var near = y * verticalIn / verticalOut;
        if (!doublesColumns && !doublesRows)
        {
            Repeat(Samples(near, padded: false));
            return row;
        }
        // Row 2i lies nearer to sample row i - 1, row 2i + 1 nearer to i + 1; outside the picture its border repeats.
        var far = Math.Clamp((y & 1) == 0 ? near - 1 : near + 1, 0, component.Height - 1);
        if (!doublesColumns) BlendRows(Samples(near, padded: false), Samples(far, padded: false), (y & 1) == 0 ? 1 : 2, row);
        else if (doublesRows)
        {
            SumRows(Samples(near, padded: false), Samples(far, padded: false), sums);
            DoubleColumns(sums, component.Width, 8, 7, 4, row);
        }
        else
        {
            Widen(Samples(near, padded: false), sums);
            DoubleColumns(sums, component.Width, 1, 2, 2, row);
        }
        return row;
    }

    private ReadOnlySpan<byte> Samples(int y, bool padded) =>
        component.Plane.AsSpan(y * component.Stride, padded ? component.Stride : component.Width);

    private void Repeat(ReadOnlySpan<byte> samples)
    {
        if (horizontalIn == horizontalOut) samples.CopyTo(row);
        else
            for (var x = 0; x < row.Length; x++) row[x] = samples[Math.Min((int)((long)x * horizontalIn / horizontalOut), samples.Length - 1)];
    }

    private static void BlendRows(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, int rounding, Span<byte> target)
    {
        for (var i = 0; i < near.Length; i++) target[i] = (byte)((3 * near[i] + far[i] + rounding) >> 2);
    }

    /// <summary>3 x near + far for every column, from place 1 on; the borders are repeated at both ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRows(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, Span<ushort> target)
    {
        var i = 0;
        if (Vector128.IsHardwareAccelerated)
            for (; i <= near.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                var (n, f) = (Vector128.Create(near.Slice(i, 16)), Vector128.Create(far.Slice(i, 16)));
                (Vector128.WidenLower(n) * (ushort)3 + Vector128.WidenLower(f)).CopyTo(target[(1 + i)..]);
                (Vector128.WidenUpper(n) * (ushort)3 + Vector128.WidenUpper(f)).CopyTo(target[(9 + i)..]);
            }
        for (; i < near.Length; i++) target[1 + i] = (ushort)(3 * near[i] + far[i]);
        (target[0], target[near.Length + 1]) = (target[1], target[near.Length]);
    }

    private static void Widen(ReadOnlySpan<byte> samples, Span<ushort> target)
    {
        for (var i = 0; i < samples.Length; i++) target[1 + i] = samples[i];
        (target[0], target[samples.Length + 1]) = (target[1], target[samples.Length]);
    }

    /// <summary>
    /// Two samples from each: (3 x this + left + leftRounding) >> shift and (3 x this + right + rightRounding) >> shift.
    /// </summary>
    /// <param name="samples">count samples from place 1 on, their neighbours at both ends, and a vector's length of anything.</param>
    /// <param name="count">Samples.</param>
    /// <param name="leftRounding">Added to the first of two.</param>
    /// <param name="rightRounding">Added to the second of two.</param>
    /// <param name="shift">Bits to drop.</param>
    /// <param name="target">2 x count bytes, and twice a vector's length that may be overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DoubleColumns(ReadOnlySpan<ushort> samples, int count, int leftRounding, int rightRounding, int shift, Span<byte> target)
    {
        ref var source = ref MemoryMarshal.GetReference(samples);
        ref var output = ref MemoryMarshal.GetReference(target);
        if (Vector256.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(samples.Length, count + 2 + Vector256<ushort>.Count);
            ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, 2 * (count + Vector256<ushort>.Count));
            var (leftBias, rightBias) = (Vector256.Create((ushort)leftRounding), Vector256.Create((ushort)rightRounding));
            for (var i = 0; i < count; i += Vector256<ushort>.Count)
            {
                var three = Vector256.LoadUnsafe(ref source, (nuint)(i + 1)) * (ushort)3;
                var left = (three + Vector256.LoadUnsafe(ref source, (nuint)i) + leftBias) >> shift;
                var right = (three + Vector256.LoadUnsafe(ref source, (nuint)(i + 2)) + rightBias) >> shift;
                // Both are below 256: as the halves of 16 bits they stand side by side.
                (left | right << 8).AsByte().StoreUnsafe(ref output, (nuint)(2 * i));
            }
        }
        else if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(samples.Length, count + 2 + Vector128<ushort>.Count);
            ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, 2 * (count + Vector128<ushort>.Count));
            var (leftBias, rightBias) = (Vector128.Create((ushort)leftRounding), Vector128.Create((ushort)rightRounding));
            for (var i = 0; i < count; i += Vector128<ushort>.Count)
            {
                var three = Vector128.LoadUnsafe(ref source, (nuint)(i + 1)) * (ushort)3;
                var left = (three + Vector128.LoadUnsafe(ref source, (nuint)i) + leftBias) >> shift;
                var right = (three + Vector128.LoadUnsafe(ref source, (nuint)(i + 2)) + rightBias) >> shift;
                (left | right << 8).AsByte().StoreUnsafe(ref output, (nuint)(2 * i));
            }
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                target[2 * i] = (byte)((3 * samples[i + 1] + samples[i] + leftRounding) >> shift);
                target[2 * i + 1] = (byte)((3 * samples[i + 1] + samples[i + 2] + rightRounding) >> shift);
            }
        }
    }
}
