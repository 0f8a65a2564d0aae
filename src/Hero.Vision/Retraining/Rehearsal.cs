using Hero.Initializers;
using Hero.Vision.Applications;

namespace Hero.Vision.Retraining;

/// <summary>What a prediction can be tried on where nothing was trained yet.</summary>
internal static class Rehearsal
{
    /// <summary>Writes a classifier on MobileNet v2 that knows nothing and a drawn picture into a folder, as "model.safetensors" and "picture.png".</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var input = new PictureInput(MobileNetV2.DefaultSize, MobileNetV2.DefaultSize, MobileNetV2.Normalization);
        var network = new MobileNetV2Network(MobileNetV2Widths.Of(alpha: 1, classes: 1), isFolded: true, _ => new Constant());
        var features = network.Build(input.Shape, includeTop: false, pooling: "avg", classifierActivation: null);
        PictureNetwork.Create(features, input, SampleSet.Classes, seed: 0).Save(Path.Combine(folder, "model.safetensors"));
        SampleSet.Draw(SampleSet.Classes[0], number: 0, size: 320).SavePng(Path.Combine(folder, "picture.png"));
    }
}
