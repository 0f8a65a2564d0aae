namespace Hero.Vision.Tests.Codecs;

public class JpegDecoderTests
{
    public static TheoryData<string> Samplings => ["11 11 11", "21 11 11", "22 11 11", "12 11 11", "41 11 11", "42 11 11", "14 11 11", "22 21 12", "21 12 11", "11 22 11", "31 11 11", "32 11 21"];

    /// <summary>Slow waves: what chroma subsampling keeps of them is close to what they were.</summary>
    private static Image Waves(int width, int height, int channels = 3)
    {
        var image = new Image(width, height, channels);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < channels; c++) image[y, x, c] = (byte)(128 + 60 * Math.Sin(0.05 * x + 0.04 * y * (c + 1) + c));
        return image;
    }

    private static (int, int)[] Parse(string sampling) => [.. sampling.Split(' ').Select(s => (s[0] - '0', s[1] - '0'))];

    [Theory]
    [MemberData(nameof(Samplings))]
    public void All_kinds_of_coding_give_the_same_pixels_and_nearly_the_original(string sampling)
    {
        foreach (var (width, height) in new[] { (48, 32), (53, 37), (1, 1), (9, 70) })
        {
            var image = Waves(width, height);
            var encoder = new TestJpeg { Sampling = Parse(sampling) };
            var plain = Image.Decode(encoder.Encode(image));
            Assert.InRange(Pictures.LargestDifference(image, plain), 0, sampling == "11 11 11" ? 2 : 24);
            foreach (var other in new[]
            {
                encoder with { Progressive = true }, encoder with { Interleaved = false }, encoder with { RestartInterval = 1 }, encoder with { RestartInterval = 3 },
                encoder with { Progressive = true, RestartInterval = 2 }, encoder with { Interleaved = false, RestartInterval = 5 }, encoder with { FrameMarker = 0xC1 },
            })
                Assert.Equal(0, Pictures.LargestDifference(plain, Image.Decode(other.Encode(image))));
        }
    }

    [Fact]
    public void Noise_survives_every_kind_of_coding()
    {
        var image = Pictures.Noise(67, 45, 3, 1);
        foreach (var step in new[] { 1, 7, 40, 300 })
        {
            var encoder = new TestJpeg { Step = step };
            var plain = Image.Decode(encoder.Encode(image));
            if (step == 1) Assert.InRange(Pictures.LargestDifference(image, plain), 0, 4);
            Assert.Equal(0, Pictures.LargestDifference(plain, Image.Decode((encoder with { Progressive = true }).Encode(image))));
            Assert.Equal(0, Pictures.LargestDifference(plain, Image.Decode((encoder with { Interleaved = false, RestartInterval = 2 }).Encode(image))));
        }
    }

    [Fact]
    public void Gray_pictures_come_in_any_colour_mode()
    {
        var image = Waves(37, 21, 1);
        foreach (var encoder in new[] { new TestJpeg(), new TestJpeg { Progressive = true } })
        {
            var data = encoder.Encode(image);
            var gray = Image.Decode(data, new() { ColorMode = ColorMode.Unchanged });
            Assert.InRange(Pictures.LargestDifference(image, gray), 0, 1);
            Assert.Equal(0, Pictures.LargestDifference(gray, Image.Decode(data, new() { ColorMode = ColorMode.Grayscale })));
            Assert.Equal(0, Pictures.LargestDifference(gray.ToRgb(), Image.Decode(data)));
        }
    }

    [Fact]
    public void The_colours_may_be_red_green_and_blue()
    {
        var image = Pictures.Draw(41, 30);
        byte[] adobe = [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0];
        foreach (var encoder in new[] { new TestJpeg { IsRgb = true, Segments = [(0xEE, adobe)] }, new TestJpeg { IsRgb = true, Ids = [(byte)'R', (byte)'G', (byte)'B'] } })
        {
            var data = encoder.Encode(image);
            Assert.InRange(Pictures.LargestDifference(image, Image.Decode(data)), 0, 2);
            Assert.InRange(Pictures.LargestDifference(image.ToGrayscale(), Image.Decode(data, new() { ColorMode = ColorMode.Grayscale })), 0, 2);
        }
        var ycc = new TestJpeg { Segments = [(0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]), (0xEE, adobe)] }.Encode(image);
        Assert.InRange(Pictures.LargestDifference(image, Image.Decode(ycc)), 0, 2);
    }

    [Theory]
    [InlineData("11 11 11"), InlineData("22 11 11"), InlineData("21 11 11")]
    public void Luma_alone_is_the_grey_picture(string sampling)
    {
        var image = Waves(53, 37);
        foreach (var encoder in new[] { new TestJpeg { Sampling = Parse(sampling) }, new TestJpeg { Sampling = Parse(sampling), Progressive = true } })
            Assert.InRange(Pictures.LargestDifference(image.ToGrayscale(), Image.Decode(encoder.Encode(image), new() { ColorMode = ColorMode.Grayscale })), 0, 2);
    }

    [Theory]
    [InlineData(96, 72, 96, 72), InlineData(48, 36, 48, 36), InlineData(49, 36, 96, 72), InlineData(20, 10, 24, 18), InlineData(1, 1, 12, 9), InlineData(0, 5, 96, 72)]
    public void A_small_target_is_decoded_small_but_never_too_small(int targetWidth, int targetHeight, int width, int height)
    {
        var image = Waves(96, 72);
        foreach (var sampling in new[] { "11 11 11", "22 11 11", "21 11 11" })
            foreach (var progressive in new[] { false, true })
            {
                var data = new TestJpeg { Sampling = Parse(sampling), Progressive = progressive }.Encode(image);
                var decoded = Image.Decode(data, new() { TargetWidth = targetWidth, TargetHeight = targetHeight });
                Assert.Equal((width, height), (decoded.Width, decoded.Height));
                Assert.InRange(Pictures.LargestDifference(Pictures.Average(image, 96 / width), decoded), 0, 16);
            }
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Photographs_are_turned_upright(int orientation)
    {
        var stored = Waves(24, 16);
        foreach (var little in new[] { true, false })
        {
            byte[] exif = little
                ? [.. "Exif\0\0II"u8, 42, 0, 8, 0, 0, 0, 2, 0, 0, 1, 4, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0]
                : [.. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0];
            var data = new TestJpeg { Segments = [(0xE1, exif)] }.Encode(stored);
            var asStored = Image.Decode(data, new() { ApplyOrientation = false });
            var upright = Image.Decode(data);
            Assert.Equal(orientation < 5 ? (24, 16) : (16, 24), (upright.Width, upright.Height));
            // Where the stored top left and top right corners go (EXIF 2.3, 4.6.4.A).
            var (right, bottom) = (upright.Width - 1, upright.Height - 1);
            var (left, top) = orientation switch
            {
                1 => ((0, 0), (right, 0)), 2 => ((right, 0), (0, 0)), 3 => ((right, bottom), (0, bottom)), 4 => ((0, bottom), (right, bottom)),
                5 => ((0, 0), (0, bottom)), 6 => ((right, 0), (right, bottom)), 7 => ((right, bottom), (right, 0)), _ => ((0, bottom), (0, 0)),
            };
            Assert.Equal(asStored[0, 0, 1], upright[left.Item2, left.Item1, 1]);
            Assert.Equal(asStored[0, 23, 1], upright[top.Item2, top.Item1, 1]);
            var small = Image.Decode(data, new() { TargetWidth = upright.Width / 2, TargetHeight = upright.Height / 2 });
            Assert.Equal((upright.Width / 2, upright.Height / 2), (small.Width, small.Height));
        }
    }

    [Fact]
    public void What_is_not_supported_is_named()
    {
        var data = new TestJpeg().Encode(Waves(16, 16));
        var frame = data.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        AssertRefused("CMYK", bytes => bytes[frame + 9] = 4, pad: true);
        AssertRefused("2 components", bytes => bytes[frame + 9] = 2);
        AssertRefused("12 bits", bytes => bytes[frame + 4] = 12);
        AssertRefused("lossless", bytes => bytes[frame + 1] = 0xC3);
        AssertRefused("arithmetic", bytes => bytes[frame + 1] = 0xC9);
        AssertRefused("hierarchical", bytes => bytes[frame + 1] = 0xC5);
        AssertRefused("no pixels", bytes => bytes[frame + 5] = bytes[frame + 6] = 0);

        void AssertRefused(string reason, Action<byte[]> change, bool pad = false)
        {
            var changed = (byte[])data.Clone();
            if (pad) changed = [.. data[..(frame + 2)], 0, 20, .. data[(frame + 4)..(frame + 19)], 4, 0x11, 0, .. data[(frame + 19)..]];
            change(changed);
            Assert.Contains(reason, Assert.Throws<ImageFormatException>(() => Image.Decode(changed)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_picture_cut_short_is_refused_wherever_the_cut_is()
    {
        var image = Waves(40, 40);
        foreach (var encoder in new[] { new TestJpeg(), new TestJpeg { Interleaved = false }, new TestJpeg { Progressive = true }, new TestJpeg { RestartInterval = 2 } })
        {
            var data = encoder.Encode(image);
            for (var length = 0; length < data.Length - 3; length += 7) Assert.Throws<ImageFormatException>(() => Image.Decode(data.AsSpan(0, length)));
        }
        // Of a sequential picture all is there when only the closing marker is missing.
        var complete = new TestJpeg().Encode(image);
        Assert.Equal(0, Pictures.LargestDifference(Image.Decode(complete), Image.Decode(complete.AsSpan(0, complete.Length - 2))));
    }

    [Fact]
    public void Endless_scans_are_refused()
    {
        var data = new TestJpeg().Encode(Waves(64, 64));
        var scan = data.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        byte[] many = [.. data[..^2], .. Enumerable.Repeat(data[scan..^2], 300).SelectMany(bytes => bytes), 0xFF, 0xD9];
        Assert.Contains("scans", Assert.Throws<ImageFormatException>(() => Image.Decode(many)).Message, StringComparison.Ordinal);
    }
}
