namespace Hero.Vision.Resizing;

/// <summary>Brings a part of a picture to another size, one output row at a time.</summary>
internal abstract class Resampler : IDisposable
{
    /// <summary>Chooses the method.</summary>
    public static Resampler Create(
        Image image, ResizeRegion region, int width, int height, Interpolation interpolation, bool antialias) => interpolation switch
    {
        Interpolation.Nearest => new NearestResampler(image, region, width, height),
        Interpolation.Bilinear => new LinearResampler(image, region, width, height, antialias),
        _ => throw new ArgumentOutOfRangeException(nameof(interpolation), interpolation, "There is no such interpolation."),
    };

    /// <summary>Writes an output row: width x channels bytes.</summary>
    public abstract void Row(int y, Span<byte> target);

    public abstract void Dispose();
}
