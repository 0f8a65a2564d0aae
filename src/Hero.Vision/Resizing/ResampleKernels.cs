using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hero.Vision.Simd;

namespace Hero.Vision.Resizing;

/// <summary>The weighted sums of the resampler: rounded(sum of weight x byte), clamped to a byte.</summary>
internal static class ResampleKernels
{
    private const int Rounding = 1 << (ResampleTable.WeightBits - 1);
    private const int LargestGroup = 16;

    /// <summary>Resamples whole rows; the specification of <see cref="Horizontal"/>.</summary>
    /// <param name="source">Rows of width x channels bytes.</param>
    /// <param name="width">Pixels of a source row.</param>
    /// <param name="channels">1, 3 or 4.</param>
    /// <param name="table">Places and weights.</param>
    /// <param name="target">As many rows of table.OutputSize x channels bytes.</param>
    public static void HorizontalScalar(ReadOnlySpan<byte> source, int width, int channels, ResampleTable table, Span<byte> target)
    {
        var rows = source.Length / (width * channels);
        for (var x = 0; x < table.OutputSize; x++)
        {
            var weights = table.Weights(x, out var first);
            for (var row = 0; row < rows; row++)
                for (var c = 0; c < channels; c++)
                {
                    var sum = Rounding;
                    for (var k = 0; k < weights.Length; k++) sum += source[(row * width + first + k) * channels + c] * weights[k];
                    target[(row * table.OutputSize + x) * channels + c] = (byte)Math.Clamp(sum >> ResampleTable.WeightBits, 0, 255);
                }
        }
    }

    /// <summary>
    /// As <see cref="HorizontalScalar"/>. A pixel takes four lanes, so that T.Count / 4 rows go together: they are first laid side by side as
    /// integers, pixel by pixel (row 0: r g b -, row 1: r g b -, ...), and a tap is then one multiplication for all of them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Horizontal<T>(ReadOnlySpan<byte> source, int width, int channels, ResampleTable table, Span<byte> target)
        where T : struct, ILanes<T>
    {
        var (rowsTogether, sourceRow, targetRow) = (T.Count / 4, width * channels, table.OutputSize * channels);
        var rows = source.Length / sourceRow;
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, rows * targetRow);
        var lanes = ArrayPool<int>.Shared.Rent(width * T.Count);
        Span<byte> pixels = stackalloc byte[LargestGroup];
        ref var output = ref MemoryMarshal.GetReference(target);
        ref var first = ref MemoryMarshal.GetArrayDataReference(lanes);
        ref var bytes = ref MemoryMarshal.GetReference(pixels);
        for (var row = 0; row < rows; row += rowsTogether)
        {
            var together = Math.Min(rowsTogether, rows - row);
            for (var r = 0; r < together; r++) Spread(source.Slice((row + r) * sourceRow, sourceRow), channels, lanes.AsSpan(4 * r), T.Count);
            for (var x = 0; x < table.OutputSize; x++)
            {
                var weights = table.Weights(x, out var start);
                ref var tap = ref Unsafe.Add(ref first, start * T.Count);
                var sum = T.Create(Rounding);
                for (var k = 0; k < weights.Length; k++, tap = ref Unsafe.Add(ref tap, T.Count)) sum += T.Load(ref tap) * weights[k];
                (sum >> ResampleTable.WeightBits).Store(ref bytes);
                ref var place = ref Unsafe.Add(ref output, row * targetRow + x * channels);
                // Four bytes at once spill over pixels that are written later, as long as the row goes on.
                if (x * channels + 4 <= targetRow)
                    for (var r = 0; r < together; r++)
                        Unsafe.WriteUnaligned(ref Unsafe.Add(ref place, r * targetRow), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, 4 * r)));
                else
                    for (var r = 0; r < together; r++) pixels.Slice(4 * r, channels).CopyTo(target[((row + r) * targetRow + x * channels)..]);
            }
        }
        ArrayPool<int>.Shared.Return(lanes);
    }

    /// <summary>One output row: the sum of source rows, each times its weight.</summary>
    /// <param name="source">weights.Length rows, each as long as <paramref name="target"/>.</param>
    /// <param name="weights">Fixed-point weights.</param>
    /// <param name="target">The output row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Vertical<T>(ReadOnlySpan<byte> source, ReadOnlySpan<int> weights, Span<byte> target) where T : struct, ILanes<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Length, weights.Length * target.Length);
        ref var input = ref MemoryMarshal.GetReference(source);
        ref var output = ref MemoryMarshal.GetReference(target);
        var (i, length) = (0, target.Length);
        for (; i <= length - T.Count; i += T.Count)
        {
            var sum = T.Create(Rounding);
            for (var k = 0; k < weights.Length; k++) sum += T.Load(ref Unsafe.Add(ref input, k * length + i)) * weights[k];
            (sum >> ResampleTable.WeightBits).Store(ref Unsafe.Add(ref output, i));
        }
        for (; i < length; i++)
        {
            var sum = Rounding;
            for (var k = 0; k < weights.Length; k++) sum += source[k * length + i] * weights[k];
            target[i] = (byte)Math.Clamp(sum >> ResampleTable.WeightBits, 0, 255);
        }
    }

    /// <summary>
    /// Lays the pixels of a row down as integers, one every <paramref name="step"/> places; unused lanes are left as they are.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(ReadOnlySpan<byte> row, int channels, Span<int> lanes, int step)
    {
        var pixels = row.Length / channels;
        var x = 0;
        ref var target = ref MemoryMarshal.GetReference(lanes);
        ref var source = ref MemoryMarshal.GetReference(row);
        // Four bytes are read for a pixel of any width: the last pixels of a row would reach behind it.
        for (; x * channels + 4 <= row.Length; x++)
            Lanes4.Load(ref Unsafe.Add(ref source, x * channels)).Store(ref Unsafe.Add(ref target, x * step));
        for (; x < pixels; x++)
            for (var c = 0; c < channels; c++) lanes[x * step + c] = row[x * channels + c];
    }
}
