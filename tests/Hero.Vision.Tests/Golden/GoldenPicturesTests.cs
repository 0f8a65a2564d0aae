using System.Globalization;
using System.Text.Json;
using Hero.Vision.Codecs.Png;

namespace Hero.Vision.Tests.Golden;

/// <summary>Pixel for pixel what libjpeg-turbo and Pillow make of the same files; pictures.json names the versions, make_pictures.py made it.</summary>
public class GoldenPicturesTests
{
    private static readonly GoldenFile Golden = Read();

    public static TheoryData<string, string, int> Decodings
    {
        get
        {
            var cases = new TheoryData<string, string, int>();
            foreach (var decoded in Golden.Decoded) cases.Add(decoded.File, decoded.Mode, decoded.TargetWidth);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Decodings))]
    public void Decoding_gives_the_same_pixels(string file, string mode, int targetWidth)
    {
        var expected = Golden.Decoded.Single(decoded => (decoded.File, decoded.Mode, decoded.TargetWidth) == (file, mode, targetWidth));
        var options = new ImageDecodeOptions { ColorMode = mode == "L" ? ColorMode.Grayscale : ColorMode.Rgb, TargetWidth = targetWidth, TargetHeight = expected.TargetHeight };
        AssertPixels(expected.Width, expected.Height, expected.Crc, Image.Decode(Convert.FromBase64String(Golden.Files[file]), options));
    }

    [Fact]
    public void Antialiased_resizing_gives_the_same_pixels()
    {
        var source = Draw(61, 47);
        foreach (var expected in Golden.Resized)
        {
            AssertPixels(expected.Width, expected.Height, expected.Crc, source.Resize(expected.Width, expected.Height));
            AssertPixels(expected.Width, expected.Height, expected.GreyCrc, source.ToGrayscale().Resize(expected.Width, expected.Height));
        }
    }

    private static void AssertPixels(int width, int height, string crc, Image image)
    {
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(uint.Parse(crc, NumberStyles.HexNumber, CultureInfo.InvariantCulture), Crc32.Append(0, image.Pixels));
    }

    /// <summary>The picture of make_pictures.py.</summary>
    private static Image Draw(int width, int height)
    {
        var image = new Image(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < 3; c++)
                    image[y, x, c] = (byte)(x * (3 + c) + y * (5 - c) + (x * y >> (3 + c)) + ((x / 9 + y / 7 + c) % 3 == 0 ? 90 : 0));
        return image;
    }

    private static GoldenFile Read()
    {
        using var stream = typeof(GoldenPicturesTests).Assembly.GetManifestResourceStream("pictures.json")!;
        return JsonSerializer.Deserialize<GoldenFile>(stream, JsonSerializerOptions.Web)!;
    }

    private sealed record GoldenFile(Dictionary<string, string> Files, DecodedPicture[] Decoded, ResizedPicture[] Resized);

    private sealed record DecodedPicture(string File, string Mode, int TargetWidth, int TargetHeight, int Width, int Height, string Crc);

    private sealed record ResizedPicture(int Width, int Height, string Crc, string GreyCrc);
}
