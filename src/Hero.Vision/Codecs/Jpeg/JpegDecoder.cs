namespace Hero.Vision.Codecs.Jpeg;

/// <summary>
/// Decodes JPEG (ITU-T T.81): baseline, extended sequential and progressive, 8 bits, grey or three components with any sampling factors, at full
/// size or 1/2, 1/4, 1/8 of it. Pixels equal those of libjpeg with its default settings. Damaged and truncated data is refused, not guessed at.
/// </summary>
internal static class JpegDecoder
{
    // A picture needs about ten scans; thousands of them over a large picture would keep a decoder busy for hours.
    private const int MaxScans = 256;

    public static bool Recognise(ReadOnlySpan<byte> data) => data is [0xFF, JpegMarker.StartOfImage, 0xFF, ..];

    public static Image Decode(ReadOnlySpan<byte> data, ImageDecodeOptions options)
    {
        var tables = new JpegTables();
        JpegFrame? frame = null;
        try
        {
            ReadScans(data, tables, options, ref frame);
            if (frame is null || Array.Exists(frame.Components, component => !component.IsDecoded)) throw JpegSegments.Truncated();
            if (frame.IsProgressive) JpegProgressiveDecoder.Transform(frame);
            var image = JpegOutput.Assemble(frame, IsYcc(frame, tables), options.ColorMode);
            return options.ApplyOrientation ? Orientation.Apply(image, tables.Orientation) : image;
        }
        finally
        {
            frame?.Release();
        }
    }

    private static void ReadScans(ReadOnlySpan<byte> data, JpegTables tables, ImageDecodeOptions options, ref JpegFrame? frame)
    {
        var segments = new JpegSegments(data);
        var scans = 0;
        while (segments.Next())
        {
            switch (segments.Marker)
            {
                case JpegMarker.EndOfImage:
                    return;
                case JpegMarker.StartOfScan:
                    if (frame is null) throw JpegSegments.Damaged("a scan comes before the frame header");
                    if (++scans > MaxScans) throw JpegSegments.Damaged($"it has more than {MaxScans} scans");
                    if (scans == 1) Allocate(frame, tables, options, data.Length - segments.Position);
                    segments.Position = ReadScan(segments, data, frame, tables);
                    break;
                case var marker when JpegMarker.IsFrame(marker):
                    if (frame is not null) throw JpegSegments.Damaged("it has two frame headers");
                    frame = JpegFrame.Parse(segments.Marker, segments.Body, options);
                    break;
                default:
                    tables.Read(segments.Marker, segments.Body);
                    break;
            }
        }
        // Files that lack the closing marker are common enough, but of a progressive one nobody knows whether scans are missing.
        if (frame is null or { IsProgressive: true }) throw JpegSegments.Truncated();
    }

    private static void Allocate(JpegFrame frame, JpegTables tables, ImageDecodeOptions options, long bytesLeft)
    {
        var onlyLuma = options.ColorMode == ColorMode.Grayscale && IsYcc(frame, tables);
        foreach (var chroma in frame.Components.AsSpan(1)) chroma.IsNeeded = !onlyLuma;
        var isTurned = options.ApplyOrientation && tables.Orientation >= 5;
        var (width, height) = isTurned ? (options.TargetHeight, options.TargetWidth) : (options.TargetWidth, options.TargetHeight);
        frame.Allocate(width, height, bytesLeft);
    }

    private static int ReadScan(JpegSegments segments, ReadOnlySpan<byte> data, JpegFrame frame, JpegTables tables)
    {
        var scan = JpegScan.Parse(segments.Body, frame, tables);
        JpegBlockDecoder decoder = frame.IsProgressive ? new JpegProgressiveDecoder(scan) : new JpegSequentialDecoder(scan);
        var end = scan.Run(decoder, frame, tables.RestartInterval, data, segments.Position);
        if (scan.First == 0)
            foreach (var component in scan.Components) component.IsDecoded = true;
        return end;
    }

    /// <summary>What libjpeg assumes: a JFIF file is YCbCr, an Adobe segment says what it is, else the components' names tell.</summary>
    private static bool IsYcc(JpegFrame frame, JpegTables tables)
    {
        if (frame.Components is not [var first, var second, var third]) return false;
        if (tables.HasJfif) return true;
        if (tables.AdobeTransform >= 0) return tables.AdobeTransform != 0;
        return (first.Id, second.Id, third.Id) != ((byte)'R', (byte)'G', (byte)'B');
    }
}
