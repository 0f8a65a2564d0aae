namespace Hero.Vision.Codecs.Jpeg;

/// <summary>The second bytes of JPEG markers (ITU-T T.81, table B.1).</summary>
internal static class JpegMarker
{
    public const byte
        Temporary = 0x01,
        FrameBaseline = 0xC0, FrameExtended = 0xC1, FrameProgressive = 0xC2, FrameLossless = 0xC3,
        HuffmanTables = 0xC4, FrameReserved = 0xC8, FrameArithmetic = 0xC9, ArithmeticConditioning = 0xCC, FrameLast = 0xCF,
        Restart0 = 0xD0, Restart7 = 0xD7,
        StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA, QuantizationTables = 0xDB,
        RestartInterval = 0xDD, App0 = 0xE0, App1 = 0xE1, App14 = 0xEE;

    /// <summary>Whether the marker begins a frame header of any kind.</summary>
    public static bool IsFrame(byte marker) =>
        marker is >= FrameBaseline and <= FrameLast and not (HuffmanTables or FrameReserved or ArithmeticConditioning);

    /// <summary>Whether the marker stands alone, with no length and no body behind it.</summary>
    public static bool StandsAlone(byte marker) => marker is Temporary or (>= Restart0 and <= EndOfImage);
}
