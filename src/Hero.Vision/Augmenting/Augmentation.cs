using Hero.Vision.Resizing;

namespace Hero.Vision;

/// <summary>
/// Random changes of training pictures that do not change what they show. <see cref="RandomCrop"/>, <see cref="RandomScale"/>,
/// <see cref="RandomBrightness"/> and <see cref="FlipLeftRight"/> mean what the options of the same names mean in TensorFlow's retrain.py;
/// the shifts are those of Keras' ImageDataGenerator. Everything happens in one resize, so it costs no more than that.
/// What a picture becomes depends on <see cref="Seed"/>, its number and the step only: not on threads, nor on other pictures.
/// </summary>
public sealed record Augmentation
{
    // Keeps these numbers apart from other uses of the same seed.
    private const long Purpose = 0x4155_474D_454E_5400;

    /// <summary>Changes nothing.</summary>
    public static Augmentation None { get; } = new();

    /// <summary>Whether a picture is mirrored left-right, with probability 1/2.</summary>
    public bool FlipLeftRight { get; init; }

    /// <summary>
    /// The margin around the crop box, in percent (0 .. 100): the picture is resized to (1 + percent / 100) times the wanted size, and a box of
    /// the wanted size is cut out at a random place.
    /// </summary>
    public float RandomCrop { get; init => field = Checked(value, 100, nameof(RandomCrop)); }

    /// <summary>
    /// How much the scale varies, in percent (0 .. 100): the size before cropping is multiplied by a random factor between 1 and 1 + percent / 100.
    /// </summary>
    public float RandomScale { get; init => field = Checked(value, 100, nameof(RandomScale)); }

    /// <summary>
    /// How much the brightness varies, in percent (0 .. 100): pixels are multiplied by a random factor between 1 - percent / 100 and 1 +
    /// percent / 100.
    /// </summary>
    public float RandomBrightness { get; init => field = Checked(value, 100, nameof(RandomBrightness)); }

    /// <summary>
    /// The largest shift to the left or right, as a fraction of the width (0 .. 1); the border is repeated where nothing is left.
    /// </summary>
    public float HorizontalShift { get; init => field = Checked(value, 1, nameof(HorizontalShift)); }

    /// <summary>The largest shift up or down, as a fraction of the height (0 .. 1).</summary>
    public float VerticalShift { get; init => field = Checked(value, 1, nameof(VerticalShift)); }

    /// <summary>The seed of all random numbers.</summary>
    public long Seed { get; init; }

    /// <summary>Whether every picture stays as it is (only resized).</summary>
    public bool IsNone => this with { Seed = 0 } == None;

    /// <summary>
    /// Changes, resizes and normalizes a picture into a network's input: <c>destination[y, x, c] = (pixel x brightness - mean) / scale</c>. The
    /// product is not clamped, as in retrain.py.
    /// </summary>
    /// <param name="image">The picture, of any size.</param>
    /// <param name="picture">The picture's number in its set.</param>
    /// <param name="step">The training step or epoch; another number gives another change.</param>
    /// <param name="destination">At least height x width x channels values.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="normalization">Mean, scale and colour order; null leaves 0 .. 255 and beyond.</param>
    /// <param name="interpolation">The method of resizing, as in <see cref="Image.Resize"/>.</param>
    /// <param name="antialias">As in <see cref="Image.Resize"/>.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public void ApplyTo(
        Image image, long picture, long step, Span<float> destination, int width, int height,
        PixelNormalization? normalization = null, Interpolation interpolation = Interpolation.Bilinear, bool antialias = true)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var (region, brightness) = Draw(image, picture, step, width, height);
        image.ResizeTo(destination, width, height, region, normalization ?? PixelNormalization.None, interpolation, antialias, brightness);
    }

    /// <summary>Changes and resizes a picture; colours are rounded and clamped to 0 .. 255. For looking at what training sees.</summary>
    /// <inheritdoc cref="ApplyTo"/>
    public Image Apply(
        Image image, long picture, long step, int width, int height, Interpolation interpolation = Interpolation.Bilinear, bool antialias = true)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = new Image(width, height, image.Channels);
        var (region, brightness) = Draw(image, picture, step, width, height);
        using var resampler = Resampler.Create(image, region, width, height, interpolation, antialias);
        for (var y = 0; y < height; y++) resampler.Row(y, result.Row(y));
        return brightness == 1 ? result : result.AdjustBrightness(brightness);
    }

    /// <summary>Draws the part of the picture that is shown, and the brightness.</summary>
    internal (ResizeRegion Region, float Brightness) Draw(Image image, long picture, long step, int width, int height)
    {
        // All numbers are drawn always, so that switching one change on leaves the others as they were.
        var random = new SeededRandom(Seed ^ Purpose, picture, step);
        var scale = (1 + RandomCrop / 100) * random.Range(1, 1 + RandomScale / 100);
        var (fullWidth, fullHeight) = ((int)(scale * width), (int)(scale * height));
        var left = random.Below(fullWidth - width + 1) + random.Range(-HorizontalShift, HorizontalShift) * width;
        var top = random.Below(fullHeight - height + 1) + random.Range(-VerticalShift, VerticalShift) * height;
        var isMirrored = random.Chance(0.5f) && FlipLeftRight;
        var brightness = random.Range(1 - RandomBrightness / 100, 1 + RandomBrightness / 100);
        var (perColumn, perRow) = ((double)image.Width / fullWidth, (double)image.Height / fullHeight);
        return (new(left * perColumn, top * perRow, width * perColumn, height * perRow, isMirrored), brightness);
    }

    private static float Checked(float value, float most, string name) => value >= 0 && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must lie between 0 and {most}.");
}
