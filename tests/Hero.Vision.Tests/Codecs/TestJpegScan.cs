namespace Hero.Vision.Tests.Codecs;

/// <summary>Codes the blocks of one scan: sequential when it brings everything at once, else one of the four progressive kinds.</summary>
internal sealed class TestJpegScan(TestJpegBits bits, bool progressive, int first, int last, int high, int low)
{
    private readonly Dictionary<object, int> means = [];
    private readonly List<int> waiting = [];
    private int emptyBlocks;

    /// <summary>Codes a block of 64 coefficients in zigzag order; <paramref name="component"/> is whose mean is predicted.</summary>
    public void Block(object component, short[] block)
    {
        if (first == 0)
        {
            if (high > 0) bits.Bits(block[0] >> low, 1);
            else
            {
                var mean = block[0] >> low;
                var difference = mean - means.GetValueOrDefault(component);
                means[component] = mean;
                var size = TestJpegBits.Size(difference);
                bits.Symbol(size);
                bits.Value(difference, size);
            }
        }
        if (!progressive) Sequential(block);
        else if (first > 0 && high == 0) FirstDetail(block);
        else if (first > 0) RefineDetail(block);
    }

    /// <summary>Ends a restart interval or the scan.</summary>
    public void Finish()
    {
        EmitEmptyBlocks();
        bits.Flush();
        means.Clear();
    }

    private void Sequential(short[] block)
    {
        var run = 0;
        for (var k = 1; k < 64; k++) Coefficient(block[k], ref run);
        if (run > 0) bits.Symbol(0);
    }

    private void FirstDetail(short[] block)
    {
        var run = 0;
        for (var k = first; k <= last; k++)
        {
            // Magnitudes are shifted, so that small negative numbers become zero as positive ones do.
            var value = Math.Sign(block[k]) * (Math.Abs(block[k]) >> low);
            if (value != 0) EmitEmptyBlocks();
            Coefficient(value, ref run);
        }
        if (run > 0 && ++emptyBlocks == 0x7FFF) EmitEmptyBlocks();
    }

    private void Coefficient(int value, ref int run)
    {
        if (value == 0)
        {
            run++;
            return;
        }
        for (; run > 15; run -= 16) bits.Symbol(0xF0);
        var size = TestJpegBits.Size(value);
        bits.Symbol(run << 4 | size);
        bits.Value(value, size);
        run = 0;
    }

    private void RefineDetail(short[] block)
    {
        var lastNew = 0;
        for (var k = first; k <= last; k++)
            if (Math.Abs(block[k]) >> low == 1) lastNew = k;
        var corrections = new List<int>();
        var run = 0;
        for (var k = first; k <= last; k++)
        {
            var magnitude = Math.Abs(block[k]) >> low;
            if (magnitude == 0)
            {
                run++;
                continue;
            }
            for (; run > 15 && k <= lastNew; run -= 16)
            {
                EmitEmptyBlocks();
                bits.Symbol(0xF0);
                Emit(corrections);
            }
            if (magnitude > 1)
            {
                corrections.Add(magnitude & 1);
                continue;
            }
            EmitEmptyBlocks();
            bits.Symbol(run << 4 | 1);
            bits.Bits(block[k] < 0 ? 0 : 1, 1);
            Emit(corrections);
            run = 0;
        }
        if (run == 0 && corrections.Count == 0) return;
        waiting.AddRange(corrections);
        if (++emptyBlocks == 0x7FFF) EmitEmptyBlocks();
    }

    private void EmitEmptyBlocks()
    {
        if (emptyBlocks > 0)
        {
            var size = TestJpegBits.Size(emptyBlocks) - 1;
            bits.Symbol(size << 4);
            bits.Bits(emptyBlocks, size);
            emptyBlocks = 0;
        }
        Emit(waiting);
    }

    private void Emit(List<int> list)
    {
        foreach (var bit in list) bits.Bits(bit, 1);
        list.Clear();
    }
}
