using System.Numerics;
using Hero.Vision.Retraining;

namespace Hero.Vision;

/// <summary>
/// Says what pictures show, with a model made by <see cref="RetrainJob"/> (<c>hero retrain</c>). Load it once and ask it from as many
/// threads as you like.
/// </summary>
/// <example><code>
/// var classifier = PictureClassifier.Load("retrained.safetensors");
/// foreach (var (label, probability) in classifier.Predict("unknown.jpg")) Console.WriteLine($"{label} {probability:P1}");
/// </code></example>
public sealed class PictureClassifier
{
    private const int BatchSize = 32;

    private readonly PictureNetwork network;
    private readonly Function probabilities;

    private PictureClassifier(PictureNetwork network)
    {
        this.network = network;
        probabilities = Function.Compile(pictures => network.Complete.Apply(pictures));
    }

    /// <summary>The classes.</summary>
    public IReadOnlyList<string> Labels => network.Labels;

    /// <summary>How to decode pictures for this model: as quickly as its input size allows.</summary>
    public ImageDecodeOptions DecodeOptions => network.Input.DecodeOptions;

    /// <summary>Loads a model.</summary>
    /// <exception cref="Hero.Saving.ModelFileException">The file is damaged, or no classifier of pictures.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PictureClassifier Load(string path) => new(PictureNetwork.Load(path));

    /// <summary>
    /// Does ahead what the first prediction for so many pictures has to wait for, by one of empty pictures: the network is compiled, its weights are packed. A server
    /// calls it before its first request; a program may do so while it reads its pictures.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No picture at all.</exception>
    public void Prepare(int pictures = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pictures, 1);
        _ = probabilities.Call(new PictureBatch(PlacesFor(pictures), network.Input).Pictures).Evaluate();
    }

    /// <summary>What a picture file shows.</summary>
    /// <returns>All classes, the likeliest one first.</returns>
    /// <exception cref="ImageFormatException">The file is no readable picture.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<Prediction> Predict(string path) => Predict(Image.Load(path, DecodeOptions));

    /// <summary>What the picture in a stream (a JPEG, PNG or BMP file) shows.</summary>
    /// <exception cref="ImageFormatException">The content is no readable picture.</exception>
    public IReadOnlyList<Prediction> Predict(Stream stream) => Predict(Image.Decode(stream, DecodeOptions));

    /// <summary>What a picture shows; it may have any size.</summary>
    public IReadOnlyList<Prediction> Predict(Image image) => Predict([image])[0];

    /// <summary>What pictures show: quicker than one after the other.</summary>
    public IReadOnlyList<IReadOnlyList<Prediction>> Predict(IReadOnlyList<Image> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var results = new List<IReadOnlyList<Prediction>>(images.Count);
        var size = PlacesFor(images.Count);
        foreach (var chunk in images.Chunk(BatchSize))
        {
            var batch = new PictureBatch(size, network.Input);
            for (var i = 0; i < chunk.Length; i++) network.Input.Write(chunk[i].Channels == 3 ? chunk[i] : chunk[i].ToRgb(), batch.Picture(i));
            var values = probabilities.Call(batch.Pictures).Evaluate().As<float>();
            for (var i = 0; i < chunk.Length; i++) results.Add(Ranked(values.Slice(i * Labels.Count, Labels.Count)));
        }
        return results;
    }

    // Few plans for all numbers of pictures: some places of the last batch stay empty.
    private static int PlacesFor(int pictures) => (int)Math.Min(BatchSize, BitOperations.RoundUpToPowerOf2((uint)pictures));

    private Prediction[] Ranked(ReadOnlySpan<float> probabilities)
    {
        var predictions = new Prediction[probabilities.Length];
        for (var i = 0; i < predictions.Length; i++) predictions[i] = new Prediction(Labels[i], probabilities[i]);
        return [.. predictions.OrderByDescending(prediction => prediction.Probability)]; // stable: equals stay in the order of the classes
    }
}
