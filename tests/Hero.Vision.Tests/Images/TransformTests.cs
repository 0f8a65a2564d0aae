namespace Hero.Vision.Tests.Images;

public class TransformTests
{
    [Theory]
    [InlineData(1), InlineData(3), InlineData(4)]
    public void Crops_and_flips_move_pixels_and_change_none(int channels)
    {
        var image = Pictures.Noise(11, 7, channels, 1);
        var (crop, mirrored, upsideDown) = (image.Crop(2, 3, 5, 4), image.FlipLeftRight(), image.FlipUpDown());
        Assert.Equal((5, 4), (crop.Width, crop.Height));
        for (var y = 0; y < 7; y++)
            for (var x = 0; x < 11; x++)
                for (var c = 0; c < channels; c++)
                {
                    Assert.Equal(image[y, x, c], mirrored[y, 10 - x, c]);
                    Assert.Equal(image[y, x, c], upsideDown[6 - y, x, c]);
                    if (y >= 3 && x is >= 2 and < 7) Assert.Equal(image[y, x, c], crop[y - 3, x - 2, c]);
                }
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Crop(2, 3, 10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Crop(-1, 0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Crop(0, 0, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Crop(int.MaxValue, 0, int.MaxValue, 1));
    }

    [Fact]
    public void Brightness_multiplies_and_contrast_stretches_around_the_mean()
    {
        var image = Pictures.Noise(20, 10, 4, 2);
        var (brighter, contrast) = (image.AdjustBrightness(1.3f), image.AdjustContrast(1.7f));
        for (var c = 0; c < 4; c++)
        {
            var mean = Enumerable.Range(0, 200).Average(i => image.Pixels[4 * i + c]);
            for (var i = 0; i < 200; i++)
            {
                double value = image.Pixels[4 * i + c];
                Assert.InRange(brighter.Pixels[4 * i + c] - (c == 3 ? value : Math.Clamp(value * 1.3, 0, 255)), -0.51, 0.51);
                Assert.InRange(contrast.Pixels[4 * i + c] - (c == 3 ? value : Math.Clamp((value - mean) * 1.7 + mean, 0, 255)), -0.51, 0.51);
            }
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => image.AdjustBrightness(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.AdjustContrast(float.NaN));
    }

    [Fact]
    public void Channels_convert()
    {
        var image = Pictures.Noise(9, 9, 4, 3);
        var (gray, rgb) = (image.ToGrayscale(), image.ToRgb());
        for (var i = 0; i < 81; i++)
        {
            Assert.InRange(gray.Pixels[i] - (0.299 * image.Pixels[4 * i] + 0.587 * image.Pixels[4 * i + 1] + 0.114 * image.Pixels[4 * i + 2]), -0.51, 0.51);
            for (var c = 0; c < 3; c++) Assert.Equal(image.Pixels[4 * i + c], rgb.Pixels[3 * i + c]);
        }
        Assert.Equal(0, Pictures.LargestDifference(gray, gray.ToRgb().ToGrayscale()));
    }

    [Fact]
    public void Normalization_is_by_channel_and_in_the_wanted_order()
    {
        var image = Pictures.Noise(37, 3, 3, 4);
        foreach (var (normalization, mean, scale) in new[]
        {
            (PixelNormalization.None, new[] { 0.0, 0, 0 }, new[] { 1.0, 1, 1 }), (PixelNormalization.ZeroToOne, [0, 0, 0], [255, 255, 255]),
            (PixelNormalization.TensorFlow, [127.5, 127.5, 127.5], [127.5, 127.5, 127.5]), (new PixelNormalization(128, 128), [128, 128, 128], [128, 128, 128]),
            (PixelNormalization.Torch, [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]), (PixelNormalization.Caffe, [123.68, 116.779, 103.939], [1, 1, 1]),
            (new PixelNormalization(1, 2, ChannelOrder.Bgr), [1, 1, 1], [2, 2, 2]),
        })
        {
            var values = new float[37 * 3 * 3];
            image.CopyTo(values, normalization);
            for (var i = 0; i < values.Length; i++)
            {
                var channel = normalization.Order == ChannelOrder.Bgr ? 2 - i % 3 : i % 3;
                Assert.Equal((image.Pixels[i / 3 * 3 + channel] - mean[channel]) / scale[channel], values[i], 4);
            }
        }
        Assert.Throws<ArgumentException>(() => image.CopyTo(new float[37 * 3 * 3 - 1]));
        Assert.Throws<ArgumentException>(() => new PixelNormalization([1, 2], [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PixelNormalization(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PixelNormalization(float.NaN, 1));
        Assert.Throws<InvalidOperationException>(() => image.ToGrayscale().CopyTo(new float[37 * 3], PixelNormalization.Torch));
    }
}
