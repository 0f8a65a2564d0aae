using Hero.Layers;
using Hero.Saving;

namespace Hero.Vision.Tests.Retraining;

public class PictureClassifierTests
{
    [Fact]
    public void One_picture_or_many_from_anywhere_gives_the_same_answer()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var classifier = PictureClassifier.Load(set.Run(set.Options).Model);
        var paths = Directory.GetFiles(set.Pictures, "*.png", SearchOption.AllDirectories);
        var many = classifier.Predict([.. paths.Select(path => Image.Load(path))]);
        Assert.Equal(72, many.Count);
        Parallel.For(0, paths.Length, i => Assert.Equal(many[i], classifier.Predict(paths[i])));
        using var stream = System.IO.File.OpenRead(paths[7]);
        Assert.Equal(many[7], classifier.Predict(stream));
        Assert.Empty(classifier.Predict([]));
    }

    [Fact]
    public void Prepared_or_not_it_gives_the_same_answer()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var path = set.Run(set.Options).Model;
        var (prepared, other) = (PictureClassifier.Load(path), PictureClassifier.Load(path));
        prepared.Prepare();
        prepared.Prepare(3);
        var pictures = Enumerable.Range(0, 3).Select(i => RetrainFixture.DrawOne(i, i)).ToArray();
        Assert.Equal(other.Predict(pictures), prepared.Predict(pictures));
        Assert.Throws<ArgumentOutOfRangeException>(() => prepared.Prepare(0));
    }

    [Fact]
    public void Pictures_of_any_channels_are_taken()
    {
        using var set = new RetrainFixture().Draw().WithBase();
        var classifier = PictureClassifier.Load(set.Run(set.Options).Model);
        var picture = RetrainFixture.DrawOne(0, 3);
        var withAlpha = new Image(picture.Width, picture.Height, 4);
        for (var i = 0; i < picture.Pixels.Length; i++) withAlpha.Pixels[i / 3 * 4 + i % 3] = picture.Pixels[i];
        Assert.Equal(classifier.Predict(picture), classifier.Predict(withAlpha));
        classifier.Predict(picture.ToGrayscale());
    }

    [Fact]
    public void Another_model_is_refused_with_what_was_expected()
    {
        using var set = new RetrainFixture();
        new Sequential(new Input(4), new Dense(2)).Save(set.File("other.safetensors"));
        Assert.Contains("hero retrain", Assert.Throws<ModelFileException>(() => PictureClassifier.Load(set.File("other.safetensors"))).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => PictureClassifier.Load(set.File("nowhere.safetensors")));
    }

    [Theory]
    [InlineData("labels", "[]")]
    [InlineData("labels", "[null,\"a\",\"b\"]")]
    [InlineData("labels", "{")]
    [InlineData("labels", "[\"only one\"]")]
    [InlineData("input", "{}")]
    [InlineData("input", "{\"height\":16,\"width\":17,\"mean\":[0],\"scale\":[1],\"order\":\"Rgb\"}")]
    [InlineData("input", "{\"height\":-1,\"width\":16,\"mean\":[0],\"scale\":[1],\"order\":\"Rgb\"}")]
    [InlineData("input", "{\"height\":16,\"width\":16,\"mean\":[0],\"scale\":[0],\"order\":\"Rgb\"}")]
    [InlineData("input", "{\"height\":16,\"width\":16,\"mean\":[0,1],\"scale\":[1,1],\"order\":\"Rgb\"}")]
    [InlineData("input", "{\"height\":16,\"width\":16,\"mean\":[1e99],\"scale\":[1],\"order\":\"Rgb\"}")]
    [InlineData("input", "{\"height\":16,\"width\":16,\"mean\":[0],\"scale\":[1],\"order\":\"Pink\"}")]
    [InlineData("input", "[1]")]
    public void What_the_file_says_of_itself_is_checked(string name, string text)
    {
        using var set = new RetrainFixture().Draw(8).WithBase();
        var model = Model.Load(set.Run(set.Options with { Steps = 1 }).Model);
        model.Metadata[name] = text;
        model.Save(set.File("changed.safetensors"));
        Assert.Throws<ModelFileException>(() => PictureClassifier.Load(set.File("changed.safetensors")));
    }

    [Fact]
    public void Damaged_files_give_the_documented_exception()
    {
        using var set = new RetrainFixture().Draw(8).WithBase();
        var whole = System.IO.File.ReadAllBytes(set.Run(set.Options with { Steps = 1 }).Model);
        var random = new Random(11);
        var refused = 0;
        for (var round = 0; round < 300; round++)
        {
            var bytes = (byte[])whole.Clone();
            // The header is where damage can be clever; anywhere else it changes weights only.
            if (round % 4 == 0) bytes = bytes[..random.Next(bytes.Length)];
            else for (var i = 0; i <= round % 3; i++) bytes[random.Next(Math.Min(bytes.Length, 6000))] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(set.File("damaged.safetensors"), bytes);
            try
            {
                PictureClassifier.Load(set.File("damaged.safetensors")).Predict(RetrainFixture.DrawOne(0, 0));
            }
            catch (ModelFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 150, 300);
    }
}
