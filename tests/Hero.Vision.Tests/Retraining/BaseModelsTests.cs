using Hero.Testing;
using Hero.Vision.Applications;
using Hero.Vision.Retraining;

namespace Hero.Vision.Tests.Retraining;

[Collection("threads")] // environment variables are everybody's
public class BaseModelsTests
{
    [Fact]
    public void A_base_is_found_by_variable_then_in_the_users_folder()
    {
        using var home = new TemporaryFolder();
        var before = (Environment.GetEnvironmentVariable("HERO_HOME"), Environment.GetEnvironmentVariable(BaseModels.Variable));
        try
        {
            Environment.SetEnvironmentVariable("HERO_HOME", home.Root);
            Environment.SetEnvironmentVariable(BaseModels.Variable, null);
            Assert.Null(BaseModels.Find());
            Directory.CreateDirectory(UserFolders.Models);
            File.WriteAllText(Path.Combine(UserFolders.Models, "b.safetensors"), "");
            File.WriteAllText(Path.Combine(UserFolders.Models, "a.safetensors"), "");
            File.WriteAllText(Path.Combine(UserFolders.Models, "0.txt"), "");
            Assert.Equal(home.File("models", "a.safetensors"), BaseModels.Find());
            Environment.SetEnvironmentVariable(BaseModels.Variable, "elsewhere.safetensors");
            Assert.Equal("elsewhere.safetensors", BaseModels.Find());

            Environment.SetEnvironmentVariable(BaseModels.Variable, null);
            Directory.Delete(UserFolders.Models, recursive: true);
            using var set = new RetrainFixture().Draw(8);
            Assert.Equal("none", set.Run(set.Scratch with { Base = null }).Base);
            Assert.Contains(set.Messages, message => message.Contains("No pre-trained base was found", StringComparison.Ordinal) && message.Contains("--base FILE", StringComparison.Ordinal));
        }
        finally
        {
            Environment.SetEnvironmentVariable("HERO_HOME", before.Item1);
            Environment.SetEnvironmentVariable(BaseModels.Variable, before.Item2);
        }
    }

    [SkippableFact]
    public void The_shared_network_is_a_base()
    {
        var path = SharedData.Require("mobilenet_v2", "mobilenet_v2_1.0_224.safetensors");
        var network = BaseModels.Load(path);
        Assert.Equal((224, 224), (network.Input.Height, network.Input.Width));
        Assert.Equal(new Shape([1280]), network.Features.Outputs[0].Shape);
        Assert.Same(MobileNetV2.Normalization, network.Input.Normalization);
        Assert.Equal(network.Identity, BaseModels.Load(path).Identity);
    }

    [Fact]
    public void What_the_preparation_is_survives_the_file()
    {
        foreach (var input in new[] { SmallNetwork.Input, new PictureInput(96, 128, PixelNormalization.Torch), new PictureInput(32, 32, PixelNormalization.Caffe) })
        {
            var read = PictureInput.Parse(input.ToJson(), "file");
            Assert.Equal((input.Height, input.Width, input.Normalization.Order), (read.Height, read.Width, read.Normalization.Order));
            Assert.Equal(input.Normalization.Mean, read.Normalization.Mean);
            Assert.Equal(input.Normalization.Scale, read.Normalization.Scale);
        }
    }
}
