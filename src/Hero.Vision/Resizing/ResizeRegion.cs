namespace Hero.Vision.Resizing;

/// <summary>The part of a picture that is resized, in source pixels; it may reach beyond the picture, whose border then goes on.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Mirrored">Whether the result is mirrored left-right.</param>
internal readonly record struct ResizeRegion(double Left, double Top, double Width, double Height, bool Mirrored = false)
{
    public static ResizeRegion Whole(Image image) => new(0, 0, image.Width, image.Height);
}
