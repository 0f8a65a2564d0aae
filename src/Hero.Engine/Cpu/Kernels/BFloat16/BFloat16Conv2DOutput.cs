namespace Hero.Cpu.Kernels;

/// <summary>Where the output of a pass lies: elements from one pixel, row and picture to the next.</summary>
internal unsafe struct BFloat16Conv2DOutput(nint pixelStep, nint rowStep, nint imageStep)
{
    public float* Start;
    public readonly nint PixelStep = pixelStep, RowStep = rowStep, ImageStep = imageStep;

    /// <summary>The first pixel of a row of a picture, in elements.</summary>
    public readonly nint At(int image, int row) => image * ImageStep + row * RowStep;
}
