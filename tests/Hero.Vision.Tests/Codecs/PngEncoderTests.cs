namespace Hero.Vision.Tests.Codecs;

public class PngEncoderTests
{
    [Theory]
    [InlineData(1, 1, 1), InlineData(1, 1, 3), InlineData(1, 1, 4)]
    [InlineData(33, 17, 1), InlineData(33, 17, 3), InlineData(33, 17, 4)]
    public void What_is_written_reads_back_unchanged(int width, int height, int channels)
    {
        foreach (var image in new[] { Pictures.Draw(width, height, channels), Pictures.Noise(width, height, channels, 1) })
        {
            var back = Image.Decode(image.EncodePng(), new() { ColorMode = ColorMode.Unchanged });
            Assert.Equal(0, Pictures.LargestDifference(image, back));
        }
    }

    [Fact]
    public void Saving_replaces_the_file_and_leaves_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("hero-png-");
        try
        {
            var path = Path.Combine(folder.FullName, "picture.png");
            Pictures.Draw(8, 8).SavePng(path);
            var image = Pictures.Draw(31, 9);
            image.SavePng(path);
            Assert.Equal(0, Pictures.LargestDifference(image, Image.Load(path)));
            Assert.Equal([path], Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Smooth_pictures_become_small()
    {
        var image = new Image(64, 64);
        for (var y = 0; y < 64; y++)
            for (var x = 0; x < 64; x++) (image[y, x, 0], image[y, x, 1], image[y, x, 2]) = ((byte)(x * 3), (byte)(y * 3), (byte)(x + y));
        Assert.InRange(image.EncodePng().Length, 1, 64 * 64 * 3 / 20);
    }
}
