namespace Hero.Vision.Codecs.Jpeg;

/// <summary>One scan: which components, which coefficients, which tables; and the walk over its blocks.</summary>
internal sealed class JpegScan
{
    private JpegScan(JpegComponent[] components, JpegHuffmanTable?[] dc, JpegHuffmanTable?[] ac) =>
        (Components, Dc, Ac) = (components, dc, ac);

    public JpegComponent[] Components { get; }

    /// <summary>The tables of each component; null where the scan needs none.</summary>
    public JpegHuffmanTable?[] Dc { get; }

    /// <inheritdoc cref="Dc"/>
    public JpegHuffmanTable?[] Ac { get; }

    /// <summary>The first and last coefficient, in zigzag order.</summary>
    public int First { get; private init; }

    /// <inheritdoc cref="First"/>
    public int Last { get; private init; }

    /// <summary>The lowest bit that this scan brings.</summary>
    public int Shift { get; private init; }

    /// <summary>Whether earlier scans brought the higher bits, so that this one adds one bit.</summary>
    public bool IsRefinement { get; private init; }

    /// <summary>Reads the scan header and checks it against the frame.</summary>
    /// <exception cref="ImageFormatException">It is damaged, or a table it needs was never defined.</exception>
    public static JpegScan Parse(ReadOnlySpan<byte> body, JpegFrame frame, JpegTables tables)
    {
        if (body.Length < 1 || body[0] is < 1 or > 4 || body.Length < 4 + 2 * body[0])
            throw JpegSegments.Damaged("a scan header is cut short");
        var count = body[0];
        var (components, dc, ac) = (new JpegComponent[count], new JpegHuffmanTable?[count], new JpegHuffmanTable?[count]);
        var tail = body[(1 + 2 * count)..];
        var (first, last, high, low) = frame.IsProgressive ? (tail[0], tail[1], tail[2] >> 4, tail[2] & 15) : (0, 63, 0, 0);
        var isBand = first <= last && last <= 63 && (first == 0 ? last == 0 : count == 1);
        if (frame.IsProgressive && (!isBand || low > 13 || (high != 0 && high != low + 1)))
            throw JpegSegments.Damaged($"a scan brings the coefficients {first} to {last}, bits {high} to {low}, of {count} components");

        for (var i = 0; i < count; i++)
        {
            var (id, dcIndex, acIndex) = (body[1 + 2 * i], body[2 + 2 * i] >> 4, body[2 + 2 * i] & 15);
            var component = Array.Find(frame.Components, candidate => candidate.Id == id);
            if (component is null || Array.IndexOf(components, component) >= 0)
                throw JpegSegments.Damaged($"a scan brings a component {id} that is unknown or there already");
            if (dcIndex > 3 || acIndex > 3) throw JpegSegments.Damaged($"a scan uses the Huffman tables {dcIndex} and {acIndex}");
            components[i] = component;
            if (first == 0 && high == 0) dc[i] = tables.Dc[dcIndex] ?? throw Missing("Huffman", dcIndex);
            if (last > 0) ac[i] = tables.Ac[acIndex] ?? throw Missing("Huffman", acIndex);
            component.Quantization ??= tables.Quantization[component.QuantizationIndex] ?? throw Missing("quantization", component.QuantizationIndex);
        }
        return new JpegScan(components, dc, ac) { First = first, Last = last, Shift = low, IsRefinement = high != 0 };
    }

    /// <summary>Decodes all blocks in the order of the scan and returns where its data ends.</summary>
    /// <exception cref="ImageFormatException">The data is damaged or ends too early.</exception>
    public int Run(JpegBlockDecoder decoder, JpegFrame frame, int restartInterval, ReadOnlySpan<byte> data, int position)
    {
        var reader = new JpegBitReader(data, position);
        var single = Components.Length == 1;
        var (columns, rows) = single ? (Components[0].BlocksPerRow, Components[0].BlockRows) : (frame.UnitsPerRow, frame.UnitRows);
        var (left, restarts) = (restartInterval, 0);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (restartInterval > 0 && left-- == 0)
                {
                    reader.Restart(restarts++ & 7);
                    decoder.Restart();
                    left = restartInterval - 1;
                }
                if (single) decoder.Decode(ref reader, 0, column, row);
                else DecodeUnit(ref reader, decoder, column, row);
            }
            reader.ThrowIfExhausted();
        }
        return reader.Position;
    }

    private void DecodeUnit(ref JpegBitReader reader, JpegBlockDecoder decoder, int column, int row)
    {
        for (var i = 0; i < Components.Length; i++)
        {
            var (horizontal, vertical) = (Components[i].Horizontal, Components[i].Vertical);
            for (var y = 0; y < vertical; y++)
                for (var x = 0; x < horizontal; x++) decoder.Decode(ref reader, i, column * horizontal + x, row * vertical + y);
        }
    }

    private static ImageFormatException Missing(string kind, int index) =>
        JpegSegments.Damaged($"a scan uses the {kind} table {index}, which is not defined");
}
