using System.Security.Cryptography;
using Hero.Layers;
using Hero.Saving;
using Hero.Vision.Applications;

namespace Hero.Vision.Retraining;

/// <summary>A pre-trained network without its classifier.</summary>
/// <param name="File">Where it came from.</param>
/// <param name="Features">Pictures (batch, height, width, 3) to features (batch, n).</param>
/// <param name="Input">How pictures are prepared for it.</param>
/// <param name="Identity">Changes with anything that changes the features: the file's hash and the preparation.</param>
internal sealed record BaseModel(string File, Model Features, PictureInput Input, string Identity);

/// <summary>Finds and loads pre-trained networks.</summary>
internal static class BaseModels
{
    public const string Variable = "HERO_BASE";

    /// <summary>The base to use where none is named: HERO_BASE, or the first .safetensors file in the user's folder of models; null when there is none.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return named;
        try
        {
            var folder = UserFolders.Models;
            return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).FirstOrDefault() : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Loads a base: MobileNet v2 weights (see <see cref="MobileNetV2.Load"/>), a classifier made
    /// by <see cref="RetrainJob"/> (its features), or any saved model of pictures.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file; the message says what to do.</exception>
    /// <exception cref="ModelFileException">It is damaged or no network of pictures.</exception>
    public static BaseModel Load(string path)
    {
        if (!System.IO.File.Exists(path))
            throw new FileNotFoundException($"There is no base network '{path}'. Give --base a .safetensors file, or --base none to train a small network from scratch.", path);
        var hash = Hash(path);
        using var file = SafetensorsFile.Open(path);
        if (MobileNetV2Weights.Fits(file))
        {
            var input = new PictureInput(MobileNetV2.DefaultSize, MobileNetV2.DefaultSize, MobileNetV2.Normalization);
            return Of(path, MobileNetV2.LoadFrom(file, input.Shape, includeTop: false, pooling: "avg", classifierActivation: null), input, hash);
        }
        if (PictureNetwork.Fits(file))
        {
            var network = PictureNetwork.Load(path);
            return Of(path, network.Features, network.Input, hash);
        }
        return General(path, hash);
    }

    // Any other model: up to its last dense layer, its features averaged over the picture where they are maps.
    private static BaseModel General(string path, string hash)
    {
        var model = Model.Load(path);
        if (model.Graph is not { Inputs: [{ Shape.Rank: 3 } input] } graph || input.Shape[2] != 3)
            throw new ModelFileException($"'{path}' cannot be a base: expected a model with one input of pictures (height, width, 3).");
        var end = graph.Nodes.LastOrDefault(node => node.Layer is Dense)?.Inputs[0] ?? model.Outputs[0];
        if (end.Shape.Rank == 3) end = new GlobalAveragePooling2D().Apply(end);
        if (end.Shape.Rank != 1) throw new ModelFileException($"'{path}' cannot be a base: its features have the shape {end.Shape}.");
        return Of(path, new Model(input, end), new PictureInput(input.Shape[0], input.Shape[1], PixelNormalization.TensorFlow), hash);
    }

    private static BaseModel Of(string path, Model features, PictureInput input, string hash) => new(path, features, input, $"{hash} {input.ToJson()}");

    private static string Hash(string path)
    {
        using var stream = System.IO.File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
