using System.Text.Json;
using Hero.Initializers;
using Hero.Layers;
using Hero.Saving;

namespace Hero.Vision.Retraining;

/// <summary>
/// A classifier of pictures: a network that gives features, and a head that tells classes by them. One .safetensors file holds all
/// of it: both parts, the labels, and how pictures are prepared.
/// </summary>
internal sealed class PictureNetwork
{
    private const string LabelsKey = "labels", InputKey = "input", HeadName = "final_result";

    private PictureNetwork(Model complete, Layer head, PictureInput input, IReadOnlyList<string> labels)
    {
        (Complete, Head, Input, Labels) = (complete, head, input, labels);
        var logits = complete.Graph!.Nodes.Single(node => node.Layer == head);
        Features = new Model(complete.Inputs[0], logits.Inputs[0]);
    }

    /// <summary>Pictures (batch, height, width, 3) to probabilities (batch, classes).</summary>
    public Model Complete { get; }

    /// <summary>Pictures to features (batch, n).</summary>
    public Model Features { get; }

    /// <summary>Features to logits (batch, classes).</summary>
    public Layer Head { get; }

    public PictureInput Input { get; }

    public IReadOnlyList<string> Labels { get; }

    /// <summary>Puts a new head on a network of features.</summary>
    public static PictureNetwork Create(Model features, PictureInput input, IReadOnlyList<string> labels, long seed)
    {
        // Nearly zero, as in retrain.py: at the beginning all classes are about equally likely.
        var head = new Dense(labels.Count, kernelInitializer: new TruncatedNormal(0, 0.001, seed), name: HeadName);
        var logits = head.Apply(features.Outputs[0]);
        var complete = new Model(features.Inputs[0], new Softmax().Apply(logits));
        complete.Metadata[LabelsKey] = JsonSerializer.Serialize(labels);
        complete.Metadata[InputKey] = input.ToJson();
        return new PictureNetwork(complete, head, input, labels);
    }

    /// <summary>Writes the file as a whole or not at all.</summary>
    public void Save(string path) => Complete.Save(path);

    /// <summary>Whether a file's metadata say that it is one of these.</summary>
    public static bool Fits(SafetensorsFile file) => file.Metadata.ContainsKey(ModelFile.UserPrefix + LabelsKey) && file.Metadata.ContainsKey(ModelFile.UserPrefix + InputKey);

    /// <exception cref="ModelFileException">The file is damaged, or no classifier of pictures.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PictureNetwork Load(string path)
    {
        using (var file = SafetensorsFile.Open(path))
            if (!Fits(file)) throw new ModelFileException($"'{path}' is no classifier of pictures: expected a model made by 'hero retrain', with labels and preprocessing.");
        var complete = Model.Load(path);
        var input = PictureInput.Parse(complete.Metadata[InputKey], path);
        var labels = ParseLabels(complete.Metadata[LabelsKey], path);
        var head = complete.Layers.LastOrDefault(layer => layer is Dense);
        if (head is null || complete.Graph is null || complete.Inputs.Count != 1 || complete.Outputs.Count != 1
            || complete.Inputs[0].Shape != input.Shape || complete.Outputs[0].Shape != new Shape([labels.Length]))
            throw new ModelFileException($"'{path}' contradicts itself: its network does not take pictures of {input.Height} x {input.Width} and give {labels.Length} classes.");
        return new PictureNetwork(complete, head, input, labels);
    }

    private static string[] ParseLabels(string json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var labels = new List<string>();
            foreach (var label in document.RootElement.EnumerateArray())
                labels.Add(label.GetString() ?? throw new ModelFileException($"'{path}' has a class without a name."));
            return labels.Count > 0 ? [.. labels] : throw new ModelFileException($"'{path}' names no classes.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ModelFileException($"'{path}' does not name its classes soundly.", error);
        }
    }
}
