using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Hero.Vision.Codecs.Png;

/// <summary>
/// PNG's five row filters. Each predicts a byte from a = the byte one pixel to the left, b = the byte above, c = the byte above and to the
/// left (0 outside the picture): 0 nothing, 1 a, 2 b, 3 floor((a + b) / 2), 4 Paeth: whichever of a, b, c is nearest to a + b - c.
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Remove(int filter, Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case None:
                break;
            case Sub:
                for (var i = stride; i < row.Length; i++) row[i] += row[i - stride];
                break;
            case Up:
                TensorPrimitives.Add(row, above, row);
                break;
            case Average:
                for (var i = 0; i < Math.Min(stride, row.Length); i++) row[i] += (byte)(above[i] >> 1);
                for (var i = stride; i < row.Length; i++) row[i] += (byte)((row[i - stride] + above[i]) >> 1);
                break;
            case Paeth:
                for (var i = 0; i < Math.Min(stride, row.Length); i++) row[i] += above[i];
                for (var i = stride; i < row.Length; i++) row[i] += Predict(row[i - stride], above[i], above[i - stride]);
                break;
            default:
                throw new ImageFormatException($"A PNG row has the filter {filter}; PNG has 0 to 4.");
        }
    }

    /// <summary>Writes <paramref name="row"/> less the predictions to <paramref name="filtered"/>, which has the same length and does not overlap it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int stride, Span<byte> filtered)
    {
        above = above[..row.Length];
        filtered = filtered[..row.Length];
        var head = Math.Min(stride, row.Length);
        switch (filter)
        {
            case None:
                row.CopyTo(filtered);
                break;
            case Sub:
                row[..head].CopyTo(filtered);
                TensorPrimitives.Subtract(row[head..], row[..(row.Length - head)], filtered[head..]);
                break;
            case Up:
                TensorPrimitives.Subtract(row, above, filtered);
                break;
            case Average:
                for (var i = 0; i < head; i++) filtered[i] = (byte)(row[i] - (above[i] >> 1));
                for (var i = stride; i < row.Length; i++) filtered[i] = (byte)(row[i] - ((row[i - stride] + above[i]) >> 1));
                break;
            default:
                for (var i = 0; i < head; i++) filtered[i] = (byte)(row[i] - above[i]);
                for (var i = stride; i < row.Length; i++) filtered[i] = (byte)(row[i] - Predict(row[i - stride], above[i], above[i - stride]));
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Predict(int a, int b, int c)
    {
        var (distanceA, distanceB, distanceC) = (Math.Abs(b - c), Math.Abs(a - c), Math.Abs(a + b - c - c));
        var nearer = distanceB <= distanceC ? b : c;
        return (byte)(distanceA <= distanceB && distanceA <= distanceC ? a : nearer);
    }
}
