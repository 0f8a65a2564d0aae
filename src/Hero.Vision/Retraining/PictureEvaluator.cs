using Hero.Data;

namespace Hero.Vision.Retraining;

/// <summary>Asks a network about the pictures of a store, batch by batch, the next batch being read meanwhile.</summary>
internal sealed class PictureEvaluator
{
    private const int BatchSize = 32;

    private readonly PictureNetwork network;
    private readonly PictureStore store;
    private readonly IReadOnlyDictionary<string, int> numbers;
    private readonly PictureBatches batches;
    private readonly Function probabilities;

    /// <param name="network">The network.</param>
    /// <param name="store">The pictures.</param>
    /// <param name="numbers">Their numbers in the store, by path.</param>
    public PictureEvaluator(PictureNetwork network, PictureStore store, IReadOnlyDictionary<string, int> numbers)
    {
        (this.network, this.store, this.numbers) = (network, store, numbers);
        batches = new PictureBatches(BatchSize, network.Input);
        probabilities = Function.Compile(pictures => network.Complete.Apply(pictures));
    }

    /// <summary>Probabilities, a row for each picture.</summary>
    public float[] Predict(IReadOnlyList<ImageFile> files, Action<int>? advance = null)
    {
        var labels = network.Labels.Count;
        var result = new float[files.Count * labels];
        var done = 0;
        foreach (var batch in batches.Run(0, (files.Count + BatchSize - 1) / BatchSize, Fill))
        {
            probabilities.Call(batch.Pictures).Evaluate().As<float>()[..(batch.Count * labels)].CopyTo(result.AsSpan(done * labels));
            done += batch.Count;
            advance?.Invoke(done);
        }
        return result;

        void Fill(int number, PictureBatch batch)
        {
            var first = number * BatchSize;
            batch.Count = Math.Min(BatchSize, files.Count - first);
            for (var place = 0; place < batch.Count; place++) network.Input.Write(store[numbers[files[first + place].Path]], batch.Picture(place));
        }
    }

    public Verdict Judge(IReadOnlyList<ImageFile> files) =>
        files.Count == 0 ? default : Verdict.Of(Predict(files), [.. files.Select(file => file.ClassIndex)], network.Labels.Count);
}
