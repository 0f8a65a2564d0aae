using Hero.Testing;

namespace Hero.Vision.Tests.Codecs;

public class SharedPicturesTests
{
    [SkippableFact]
    public void Every_Simpsons_picture_decodes()
    {
        var files = Directory.GetFiles(SharedData.Require("simpsons", "train"), "*.jpg", SearchOption.AllDirectories);
        Assert.Equal(2488, files.Length);
        Parallel.ForEach(files, file =>
        {
            var image = Image.Load(file);
            Assert.Equal((160, 120, 3), (image.Width, image.Height, image.Channels));
        });
    }

    // Pillow made images_224 from images: one decoder and one resizer more that must agree.
    [SkippableTheory]
    [InlineData("cat.png"), InlineData("bird.png"), InlineData("owl.jpg"), InlineData("parrot.jpg")]
    public void Network_inputs_equal_those_Pillow_made(string file)
    {
        var expected = Image.Load(SharedData.Require("mobilenet_v2", "images_224", Path.ChangeExtension(file, ".png")));
        var actual = Image.Load(SharedData.Require("mobilenet_v2", "images", file)).Resize(224, 224);
        Assert.InRange(Pictures.LargestDifference(expected, actual), 0, 1);
    }
}
