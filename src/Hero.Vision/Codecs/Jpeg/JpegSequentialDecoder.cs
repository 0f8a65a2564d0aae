using System.Runtime.CompilerServices;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>Decodes the blocks of a baseline or extended sequential scan straight to samples (T.81, F.2.2).</summary>
internal sealed class JpegSequentialDecoder(JpegScan scan) : JpegBlockDecoder
{
    private readonly int[] means = new int[scan.Components.Length];
    private readonly int[] block = new int[64];

    public override void Restart() => means.AsSpan().Clear();

    public override void Decode(ref JpegBitReader reader, int index, int column, int row)
    {
        var component = scan.Components[index];
        var quantization = component.Quantization!;
        var size = reader.ReadSymbol(scan.Dc[index]!);
        if (size > 15) throw JpegSegments.Damaged("the size of a block's mean is out of range");
        means[index] += reader.ReadValue(size);
        block[0] = means[index] * quantization[0];
        var hasDetail = DecodeDetail(ref reader, scan.Ac[index]!, block, quantization);
        if (component.IsNeeded) InverseDct.Transform(block, hasDetail, component, column, row);
        if (hasDetail) block.AsSpan().Clear();
    }

    /// <summary>
    /// Reads the coefficients 1 to 63, multiplied by their quantization steps, into a block that is zero there. False if all are zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool DecodeDetail(ref JpegBitReader reader, JpegHuffmanTable table, Span<int> block, ReadOnlySpan<int> quantization)
    {
        ReadOnlySpan<int> values = table.Values;
        var zigzag = JpegTables.Zigzag;
        var (buffer, count) = (reader.Buffer, reader.Count);
        var k = 1;
        while (k < 64)
        {
            if (count < 32)
            {
                (reader.Buffer, reader.Count) = (buffer, count);
                reader.Refill();
                (buffer, count) = (reader.Buffer, reader.Count);
            }
            var entry = values[(int)(buffer >> (64 - JpegHuffmanTable.LookupBits))];
            int value;
            if ((entry & JpegHuffmanTable.HasValue) != 0)
            {
                buffer <<= entry & 15;
                count -= entry & 15;
                k += entry >> 8 & 15;
                value = entry >> 16;
            }
            else
            {
                var (length, symbol) = (entry & 15, entry >> 8);
                if (entry == 0) symbol = table.FindLong((int)(buffer >> 48), out length);
                buffer <<= length;
                count -= length;
                var size = symbol & 15;
                if (size == 0)
                {
                    // Sixteen zeros, or the end of the block.
                    if (symbol != 0xF0) break;
                    k += 16;
                    continue;
                }
                k += symbol >> 4;
                value = (int)(buffer >> (64 - size));
                if (value < 1 << (size - 1)) value -= (1 << size) - 1;
                buffer <<= size;
                count -= size;
            }
            if (k > 63) throw JpegSegments.Damaged("a block has more than 64 coefficients");
            var place = zigzag[k++];
            block[place] = value * quantization[place];
        }
        (reader.Buffer, reader.Count) = (buffer, count);
        return k > 1;
    }
}
