using Hero.Vision.Resizing;
using Hero.Vision.Simd;

namespace Hero.Vision.Tests.Resizing;

public class ResizeTests
{
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 16, 12, 22, 22 }, { 31, 17, 13, 40 }, { 64, 48, 7, 5 }, { 5, 3, 50, 31 }, { 1, 1, 4, 3 }, { 40, 30, 1, 1 }, { 23, 1, 10, 1 }, { 20, 20, 20, 9 }, { 20, 20, 9, 20 }, { 300, 2, 2, 2 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Bilinear_equals_the_formula_in_double(int width, int height, int newWidth, int newHeight)
    {
        foreach (var channels in new[] { 1, 3, 4 })
        {
            var image = Pictures.Noise(width, height, channels, width);
            foreach (var antialias in new[] { true, false })
            {
                var actual = image.Resize(newWidth, newHeight, Interpolation.Bilinear, antialias);
                for (var y = 0; y < newHeight; y++)
                    for (var x = 0; x < newWidth; x++)
                        for (var c = 0; c < channels; c++)
                        {
                            // Half a level for the result and half for the bytes in between.
                            var expected = antialias ? Filtered(image, x, y, c, newWidth, newHeight) : Plain(image, x, y, c, newWidth, newHeight);
                            Assert.InRange(actual[y, x, c] - expected, -1.01, 1.01);
                        }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Nearest_takes_the_pixel_under_the_centre(int width, int height, int newWidth, int newHeight)
    {
        var image = Pictures.Noise(width, height, 3, 1);
        var actual = image.Resize(newWidth, newHeight, Interpolation.Nearest);
        for (var y = 0; y < newHeight; y++)
            for (var x = 0; x < newWidth; x++)
                for (var c = 0; c < 3; c++)
                    Assert.Equal(image[(2 * y + 1) * height / (2 * newHeight), (2 * x + 1) * width / (2 * newWidth), c], actual[y, x, c]);
    }

    [Theory]
    [InlineData(1), InlineData(3), InlineData(4)]
    public void Every_register_width_gives_the_bytes_of_the_scalar_one(int channels)
    {
        foreach (var (width, rows, newWidth) in new[] { (1, 1, 1), (2, 5, 9), (17, 7, 23), (40, 9, 6), (160, 4, 224) })
        {
            var source = Pictures.Noise(width, rows, channels, width).Pixels.ToArray();
            var table = new ResampleTable(width, 0, width, newWidth, antialias: true, mirrored: false);
            var expected = new byte[rows * newWidth * channels];
            ResampleKernels.HorizontalScalar(source, width, channels, table, expected);
            Assert.Equal(expected, Horizontal<Lanes4>(source, width, channels, table, expected.Length));
            Assert.Equal(expected, Horizontal<Lanes8>(source, width, channels, table, expected.Length));
            Assert.Equal(expected, Horizontal<Lanes16>(source, width, channels, table, expected.Length));

            int[] weights = [.. Enumerable.Range(0, rows).Select(i => (1 << ResampleTable.WeightBits) / rows + i)];
            var column = Vertical<Lanes1>(source, weights, width * channels);
            Assert.Equal(column, Vertical<Lanes4>(source, weights, width * channels));
            Assert.Equal(column, Vertical<Lanes8>(source, weights, width * channels));
            Assert.Equal(column, Vertical<Lanes16>(source, weights, width * channels));
        }
    }

    [Fact]
    public void The_same_size_changes_nothing()
    {
        var image = Pictures.Noise(19, 23, 3, 1);
        foreach (var interpolation in Enum.GetValues<Interpolation>()) Assert.Equal(0, Pictures.LargestDifference(image, image.Resize(19, 23, interpolation)));
    }

    [Fact]
    public void A_network_input_is_the_resized_picture_normalized()
    {
        var image = Pictures.Draw(50, 40);
        foreach (var interpolation in Enum.GetValues<Interpolation>())
        {
            var resized = image.Resize(33, 21, interpolation);
            var values = new float[33 * 21 * 3 + 5];
            values.AsSpan().Fill(-99);
            image.ResizeTo(values, 33, 21, new PixelNormalization(128, 128), interpolation);
            for (var i = 0; i < resized.Pixels.Length; i++) Assert.Equal((resized.Pixels[i] - 128) / 128f, values[i]);
            Assert.All(values[resized.Pixels.Length..], value => Assert.Equal(-99, value));
        }
        var refusal = Assert.Throws<ArgumentException>(() => image.ResizeTo(new float[10], 4, 4));
        Assert.Contains("needs 48 values, the destination has 10", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Resize(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Resize(4, 4, (Interpolation)9));
    }

    [Fact]
    public void Bytes_widen_at_every_length()
    {
        var bytes = Pictures.Noise(200, 1, 1, 1).Pixels.ToArray();
        for (var length = 0; length <= bytes.Length; length++)
        {
            var values = new float[length];
            FloatKernels.Widen(bytes.AsSpan(0, length), values);
            Assert.Equal(bytes.Take(length).Select(b => (float)b), values);
        }
    }

    private static byte[] Horizontal<T>(byte[] source, int width, int channels, ResampleTable table, int length) where T : struct, ILanes<T>
    {
        // Bytes behind the target would show a store too far.
        var target = new byte[length + 64];
        ResampleKernels.Horizontal<T>(source, width, channels, table, target.AsSpan(0, length));
        Assert.All(target[length..], value => Assert.Equal(0, value));
        return target[..length];
    }

    private static byte[] Vertical<T>(byte[] source, int[] weights, int length) where T : struct, ILanes<T>
    {
        var target = new byte[length];
        ResampleKernels.Vertical<T>(source, weights, target);
        return target;
    }

    private static double Plain(Image image, int x, int y, int c, int newWidth, int newHeight)
    {
        var (sx, sy) = (Math.Clamp((x + 0.5) * image.Width / newWidth - 0.5, 0, image.Width - 1), Math.Clamp((y + 0.5) * image.Height / newHeight - 0.5, 0, image.Height - 1));
        var (x0, y0) = ((int)sx, (int)sy);
        var (x1, y1) = (Math.Min(x0 + 1, image.Width - 1), Math.Min(y0 + 1, image.Height - 1));
        return (image[y0, x0, c] * (1 - sx + x0) + image[y0, x1, c] * (sx - x0)) * (1 - sy + y0) + (image[y1, x0, c] * (1 - sx + x0) + image[y1, x1, c] * (sx - x0)) * (sy - y0);
    }

    private static double Filtered(Image image, int x, int y, int c, int newWidth, int newHeight)
    {
        var (sum, total) = (0.0, 0.0);
        for (var row = 0; row < image.Height; row++)
            for (var column = 0; column < image.Width; column++)
            {
                var weight = Triangle(column, x, image.Width, newWidth) * Triangle(row, y, image.Height, newHeight);
                sum += weight * image[row, column, c];
                total += weight;
            }
        return sum / total;
    }

    private static double Triangle(int source, int output, int inputSize, int outputSize)
    {
        var scale = (double)inputSize / outputSize;
        return Math.Max(0, 1 - Math.Abs(source + 0.5 - (output + 0.5) * scale) / Math.Max(1, scale));
    }
}
