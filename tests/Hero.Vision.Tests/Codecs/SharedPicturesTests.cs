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
}
