namespace Hero.Vision;

/// <summary>How a picture is brought to another size. Pixel centres lie at 0.5, 1.5, ...: output pixel i sits at (i + 0.5) * in / out - 0.5.</summary>
public enum Interpolation
{
    /// <summary>
    /// Bilinear; where the picture becomes smaller the triangle is widened by the factor, so that every source pixel counts. The same pixels as
    /// Pillow's BILINEAR, and what torchvision and Keras call bilinear with antialias.
    /// </summary>
    Antialiased,

    /// <summary>Plain bilinear between the four nearest pixels, whatever the factor; TensorFlow's resize with half-pixel centres.</summary>
    Bilinear,

    /// <summary>The nearest pixel, unchanged.</summary>
    Nearest,
}
