using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hero.Vision.Codecs.Png;

/// <summary>
/// PNG's five row filters: a row is stored as its difference from a prediction, 0 nothing, 1 the byte of the pixel to the left, 2 the byte
/// above, 3 their mean, 4 Paeth's choice. Outside the picture all bytes are 0.
/// </summary>
internal static class PngFilter
{
    public const int None = 0, Sub = 1, Up = 2, Average = 3, Paeth = 4;

    /// <summary>Adds the predictions to a filtered row, in place.</summary>
    /// <param name="filter">The filter's number.</param>
    /// <param name="row">The filtered row; the plain row afterwards.</param>
    /// <param name="above">The plain row above, of the same length.</param>
    /// <param name="stride">Bytes of a pixel, at least 1.</param>
    /// <exception cref="ImageFormatException">There is no such filter.</exception>
    public static void Remove(int filter, Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case None:
                break;
            case Sub:
                Remove<SubPredictor>(row, above, stride);
                break;
            case Up:
                TensorPrimitives.Add(row, above, row);
                break;
            case Average:
                Remove<AveragePredictor>(row, above, stride);
                break;
            case Paeth:
                Remove<PaethPredictor>(row, above, stride);
                break;
            default:
                throw new ImageFormatException($"A PNG row has the filter {filter}; PNG has 0 to 4.");
        }
    }

    /// <summary>
    /// Writes <paramref name="row"/> less the predictions to <paramref name="filtered"/>, which has the same length and does not overlap
    /// it.
    /// </summary>
    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int stride, Span<byte> filtered)
    {
        above = above[..row.Length];
        filtered = filtered[..row.Length];
        switch (filter)
        {
            case None:
                row.CopyTo(filtered);
                break;
            case Sub:
                Apply<SubPredictor>(row, above, stride, filtered);
                break;
            case Up:
                TensorPrimitives.Subtract(row, above, filtered);
                break;
            case Average:
                Apply<AveragePredictor>(row, above, stride, filtered);
                break;
            default:
                Apply<PaethPredictor>(row, above, stride, filtered);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Remove<TPredictor>(Span<byte> row, ReadOnlySpan<byte> above, int stride) where TPredictor : struct, IPngPredictor
    {
        var i = 0;
        if (Vector128.IsHardwareAccelerated && stride is 3 or 4)
        {
            // One pixel after the other, as each needs the one before it; its bytes together, and without a branch.
            var (a, c) = (Vector128<short>.Zero, Vector128<short>.Zero);
            for (; i <= row.Length - 4; i += stride)
            {
                var (x, b) = (Widen(MemoryMarshal.Read<uint>(row[i..])), Widen(MemoryMarshal.Read<uint>(above[i..])));
                (a, c) = (x + TPredictor.Predict(a, b, c) & Vector128.Create((short)255), b);
                var bytes = Vector128.Narrow(a, a).AsUInt32().ToScalar();
                if (stride == 4) MemoryMarshal.Write(row[i..], bytes);
                else (row[i], row[i + 1], row[i + 2]) = ((byte)bytes, (byte)(bytes >> 8), (byte)(bytes >> 16));
            }
        }
        for (; i < Math.Min(stride, row.Length); i++) row[i] += (byte)TPredictor.Predict(0, above[i], 0);
        for (; i < row.Length; i++) row[i] += (byte)TPredictor.Predict(row[i - stride], above[i], above[i - stride]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<TPredictor>(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int stride, Span<byte> filtered)
        where TPredictor : struct, IPngPredictor
    {
        var i = 0;
        for (; i < Math.Min(stride, row.Length); i++) filtered[i] = (byte)(row[i] - TPredictor.Predict(0, above[i], 0));
        if (Vector128.IsHardwareAccelerated)
            for (; i <= row.Length - 16; i += 16)
            {
                var x = Vector128.Create(row.Slice(i, 16));
                var a = Vector128.Create(row.Slice(i - stride, 16));
                var (b, c) = (Vector128.Create(above.Slice(i, 16)), Vector128.Create(above.Slice(i - stride, 16)));
                var low = TPredictor.Predict(Vector128.WidenLower(a).AsInt16(), Vector128.WidenLower(b).AsInt16(), Vector128.WidenLower(c).AsInt16());
                var high = TPredictor.Predict(Vector128.WidenUpper(a).AsInt16(), Vector128.WidenUpper(b).AsInt16(), Vector128.WidenUpper(c).AsInt16());
                (x - Vector128.Narrow(low, high).AsByte()).CopyTo(filtered[i..]);
            }
        for (; i < row.Length; i++) filtered[i] = (byte)(row[i] - TPredictor.Predict(row[i - stride], above[i], above[i - stride]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Widen(uint bytes) => Vector128.WidenLower(Vector128.CreateScalar(bytes).AsByte()).AsInt16();
}
