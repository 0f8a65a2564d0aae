using System.Runtime.CompilerServices;

namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// Decodes the blocks of a progressive scan (T.81, annex G): some of the coefficients, or one more bit of them, into the component's store.
/// When all scans are in, <see cref="Transform"/> turns the store into samples.
/// </summary>
internal sealed class JpegProgressiveDecoder(JpegScan scan) : JpegBlockDecoder
{
    private readonly int[] means = new int[scan.Components.Length];

    // Blocks still to come, this one included, that have nothing left in this scan's band.
    private int emptyBlocks;

    public override void Restart()
    {
        means.AsSpan().Clear();
        emptyBlocks = 0;
    }

    public override void Decode(ref JpegBitReader reader, int index, int column, int row)
    {
        var component = scan.Components[index];
        var block = component.Coefficients.AsSpan((row * component.PaddedBlocksPerRow + column) * 64, 64);
        if (scan.First > 0)
        {
            if (scan.IsRefinement) RefineDetail(ref reader, block);
            else ReadDetail(ref reader, block);
        }
        else if (scan.IsRefinement)
        {
            if (reader.ReadBit() != 0) block[0] |= (short)(1 << scan.Shift);
        }
        else
        {
            var size = reader.ReadSymbol(scan.Dc[index]!);
            if (size > 15) throw JpegSegments.Damaged("the size of a block's mean is out of range");
            means[index] += reader.ReadValue(size);
            block[0] = (short)(means[index] << scan.Shift);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadDetail(ref JpegBitReader reader, Span<short> block)
    {
        if (emptyBlocks > 0)
        {
            emptyBlocks--;
            return;
        }
        var table = scan.Ac[0]!;
        for (var k = scan.First; k <= scan.Last;)
        {
            var symbol = reader.ReadSymbol(table);
            var (run, size) = (symbol >> 4, symbol & 15);
            if (size > 0)
            {
                k += run;
                if (k > scan.Last) throw JpegSegments.Damaged("a block has more coefficients than its scan brings");
                block[JpegTables.Zigzag[k++]] = (short)(reader.ReadValue(size) << scan.Shift);
            }
            else if (run == 15) k += 16;
            else
            {
                emptyBlocks = ReadEmptyBlocks(ref reader, run) - 1;
                break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RefineDetail(ref JpegBitReader reader, Span<short> block)
    {
        var (table, bit, k) = (scan.Ac[0]!, 1 << scan.Shift, scan.First);
        while (emptyBlocks == 0 && k <= scan.Last)
        {
            var symbol = reader.ReadSymbol(table);
            var (run, size) = (symbol >> 4, symbol & 15);
            if (size == 0 && run < 15)
            {
                emptyBlocks = ReadEmptyBlocks(ref reader, run);
                break;
            }
            var added = size == 0 ? 0 : reader.Read(1) != 0 ? bit : -bit;

            // Passes over the run of zeros; coefficients that are known already stand between them and take a bit each.
            for (; k <= scan.Last; k++)
            {
                ref var coefficient = ref block[JpegTables.Zigzag[k]];
                if (coefficient != 0) Refine(ref reader, ref coefficient, bit);
                else if (run-- == 0)
                {
                    coefficient = (short)added;
                    k++;
                    break;
                }
            }
        }
        if (emptyBlocks == 0) return;
        for (; k <= scan.Last; k++)
        {
            ref var coefficient = ref block[JpegTables.Zigzag[k]];
            if (coefficient != 0) Refine(ref reader, ref coefficient, bit);
        }
        emptyBlocks--;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Refine(ref JpegBitReader reader, ref short coefficient, int bit)
    {
        if (reader.ReadBit() == 0 || (coefficient & bit) != 0) return;
        coefficient += (short)(coefficient > 0 ? bit : -bit);
    }

    private static int ReadEmptyBlocks(ref JpegBitReader reader, int bits) => (1 << bits) + (bits > 0 ? reader.Read(bits) : 0);

    /// <summary>Turns the coefficients of all components that are needed into samples.</summary>
    public static void Transform(JpegFrame frame)
    {
        var block = new int[64];
        foreach (var component in frame.Components)
        {
            if (!component.IsNeeded) continue;
            for (var row = 0; row < component.BlockRows; row++)
                for (var column = 0; column < component.BlocksPerRow; column++)
                {
                    var coefficients = component.Coefficients.AsSpan((row * component.PaddedBlocksPerRow + column) * 64, 64);
                    for (var i = 0; i < 64; i++) block[i] = coefficients[i] * component.Quantization![i];
                    InverseDct.Transform(block, coefficients[1..].ContainsAnyExcept((short)0), component, column, row);
                }
        }
    }
}
