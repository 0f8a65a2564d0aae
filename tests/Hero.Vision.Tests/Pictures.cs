namespace Hero.Vision.Tests;

/// <summary>Pictures drawn by code.</summary>
internal static class Pictures
{
    /// <summary>Smooth gradients with a few hard edges, different in every channel.</summary>
    public static Image Draw(int width, int height, int channels = 3)
    {
        var image = new Image(width, height, channels);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < channels; c++)
                    image[y, x, c] = (byte)(128 + 90 * Math.Sin(0.11 * x * (c + 1) + 0.07 * y) + ((x / 9 + y / 7 + c) % 3 == 0 ? 37 : 0));
        return image;
    }

    /// <summary>Every byte at random.</summary>
    public static Image Noise(int width, int height, int channels, int seed)
    {
        var image = new Image(width, height, channels);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    /// <summary>The means of squares of factor x factor pixels.</summary>
    public static Image Average(Image image, int factor)
    {
        var result = new Image(image.Width / factor, image.Height / factor, image.Channels);
        for (var y = 0; y < result.Height; y++)
            for (var x = 0; x < result.Width; x++)
                for (var c = 0; c < image.Channels; c++)
                {
                    var sum = 0.0;
                    for (var i = 0; i < factor * factor; i++) sum += image[y * factor + i / factor, x * factor + i % factor, c];
                    result[y, x, c] = (byte)Math.Round(sum / factor / factor);
                }
        return result;
    }

    /// <summary>The largest difference between two pictures of the same size, in grey levels.</summary>
    public static int LargestDifference(Image expected, Image actual)
    {
        Assert.Equal((expected.Width, expected.Height, expected.Channels), (actual.Width, actual.Height, actual.Channels));
        var largest = 0;
        for (var i = 0; i < expected.Pixels.Length; i++) largest = Math.Max(largest, Math.Abs(expected.Pixels[i] - actual.Pixels[i]));
        return largest;
    }
}
