namespace Hero.Vision;

/// <summary>How <see cref="Image.Load"/> and <see cref="Image.Decode(ReadOnlySpan{byte}, ImageDecodeOptions?)"/> read a picture.</summary>
public sealed record ImageDecodeOptions
{
    /// <summary>RGB, EXIF orientation applied, full size, at most <see cref="DefaultMaxPixels"/> pixels.</summary>
    public static ImageDecodeOptions Default { get; } = new();

    /// <summary>
    /// 89,478,485 pixels: a quarter of a gigabyte as RGB, the limit at which Pillow starts to suspect a decompression bomb.
    /// </summary>
    public const long DefaultMaxPixels = 89_478_485;

    /// <summary>The channels of the result; RGB unless set.</summary>
    public ColorMode ColorMode { get; init; } = ColorMode.Rgb;

    /// <summary>
    /// The largest width x height accepted. It is compared with the size the file declares before any memory is taken for
    /// pixels. Decoding needs at most about 16 bytes a pixel beside the file itself (a progressive JPEG without chroma subsampling that
    /// is turned upright), usually 4 to 6.
    /// </summary>
    public long MaxPixels { get; init; } = DefaultMaxPixels;

    /// <summary>Whether a photograph that says so in its EXIF data is turned upright. True unless set.</summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>
    /// The width the picture will be reduced to, or 0. A JPEG is then decoded at 1/2, 1/4 or 1/8 of its size, which is much
    /// faster, as long as the result is no smaller than the target. Other formats come at full size. Needs <see cref="TargetHeight"/> too.
    /// </summary>
    public int TargetWidth { get; init; }

    /// <summary>The height the picture will be reduced to, or 0; see <see cref="TargetWidth"/>.</summary>
    public int TargetHeight { get; init; }
}
