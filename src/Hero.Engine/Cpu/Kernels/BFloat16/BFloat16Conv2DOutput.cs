namespace Hero.Cpu.Kernels;

/// <summary>Where the pixels of a pass lie in the output: the first one, and elements from one pixel, row and picture to the next.</summary>
internal readonly struct BFloat16Conv2DOutput(nint start, nint pixelStep, nint rowStep, nint imageStep)
{
    public readonly nint PixelStep = pixelStep, RowStep = rowStep, ImageStep = imageStep;

    /// <summary>The first pixel of a row of a picture, in elements.</summary>
    public readonly nint At(int image, int row) => start + image * ImageStep + row * RowStep;
}
