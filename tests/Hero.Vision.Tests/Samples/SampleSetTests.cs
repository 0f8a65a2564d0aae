using Hero.Data;
using Hero.Testing;

namespace Hero.Vision.Tests.Samples;

public class SampleSetTests
{
    [Fact]
    public void The_same_numbers_give_the_same_picture_and_others_another()
    {
        foreach (var label in SampleSet.Classes)
        {
            var picture = SampleSet.Draw(label, 3);
            Assert.Equal((64, 64, 3), (picture.Width, picture.Height, picture.Channels));
            Assert.True(Same(picture, SampleSet.Draw(label, 3)));
            Assert.False(Same(picture, SampleSet.Draw(label, 4)));
            Assert.False(Same(picture, SampleSet.Draw(label, 3, seed: 1)));
        }
        Assert.False(Same(SampleSet.Draw("cat", 0), SampleSet.Draw("owl", 0)));
    }

    [Fact]
    public void The_folder_is_one_to_train_on()
    {
        using var folder = new TemporaryFolder();
        SampleSet.Write(folder.File("set"), perClass: 4, size: 32);
        var list = ImageFolder.List(folder.File("set"));
        Assert.Equal(SampleSet.Classes, list.Classes);
        Assert.Equal(16, list.Files.Count);
        Assert.True(Same(SampleSet.Draw("robot", 2, 32), Image.Load(list.Files.Single(file => file.FileName == "robot-002.png").Path)));
    }

    [Fact]
    public void Every_picture_has_light_and_shade()
    {
        foreach (var label in SampleSet.Classes)
            for (var number = 0; number < 20; number++)
            {
                var pixels = SampleSet.Draw(label, number, 48).Pixels.ToArray();
                Assert.InRange(pixels.Average(value => value), 25, 235);
                Assert.True(pixels.Max() - pixels.Min() > 100);
            }
    }

    [Fact]
    public void An_unknown_class_is_named() =>
        Assert.Contains("got 'dog'", Assert.Throws<ArgumentException>(() => SampleSet.Draw("dog", 0)).Message, StringComparison.Ordinal);

    private static bool Same(Image left, Image right) => left.Pixels.SequenceEqual(right.Pixels);
}
