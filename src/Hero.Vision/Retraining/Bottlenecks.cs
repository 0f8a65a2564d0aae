using System.Diagnostics;
using System.Globalization;
using Hero.Data;

namespace Hero.Vision.Retraining;

/// <summary>The features of pictures: what a frozen network makes of them, once and for all.</summary>
/// <param name="Values">Pictures x features, a row for each file.</param>
/// <param name="Length">Features of a picture.</param>
/// <param name="Skipped">Files that could not be read; their rows are zeros.</param>
internal sealed record Bottlenecks(float[] Values, int Length, IReadOnlyList<SkippedFile> Skipped)
{
    private const int BatchSize = 32;

    /// <summary>Reads all files, takes from the cache what is known, and computes the rest while the next pictures are decoded.</summary>
    public static Bottlenecks Of(IReadOnlyList<ImageFile> files, BaseModel network, BottleneckCache cache, IProgress<RetrainProgress>? progress, CancellationToken cancellationToken)
    {
        var length = network.Features.Outputs[0].Shape[0];
        var values = new float[checked(files.Count * length)];
        var hashes = new ContentHash[files.Count];
        var reasons = new string?[files.Count];
        var known = new bool[files.Count];
        Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            try
            {
                hashes[i] = ContentHash.Of(File.ReadAllBytes(files[i].Path));
                known[i] = cache.TryGet(hashes[i], values.AsSpan(i * length, length));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                reasons[i] = error.Message;
            }
        });
        var missing = Enumerable.Range(0, files.Count).Where(i => !known[i] && reasons[i] is null).ToArray();
        progress?.Report(new RetrainMessage(missing.Length == 0
            ? $"The features of all {files.Count:N0} pictures are known from earlier runs."
            : $"Computing the features of {missing.Length:N0} pictures{(missing.Length < files.Count ? $", {files.Count - missing.Length:N0} are known from earlier runs" : "")}."));
        if (missing.Length > 0) Compute();
        cache.Flush();
        if (cache.WriteError is { } failure)
            progress?.Report(new RetrainWarning($"Features could not be kept for the next run ({failure}). Name another folder with --cache."));
        var skipped = Enumerable.Range(0, files.Count).Where(i => reasons[i] is not null).Select(i => new SkippedFile(files[i].Path, reasons[i]!));
        return new Bottlenecks(values, length, [.. skipped]);

        void Compute()
        {
            var extract = Function.Compile(pictures => network.Features.Apply(pictures));
            var clock = Stopwatch.StartNew();
            var (input, done) = (network.Input, 0);
            try
            {
                // The last batch is filled up with what it held before: one shape, one plan.
                var batches = new PictureBatches(BatchSize, input);
                foreach (var batch in batches.Run(0, (missing.Length + BatchSize - 1) / BatchSize, Fill, cancellationToken))
                {
                    var features = extract.Call(batch.Pictures).Evaluate().As<float>();
                    for (var place = 0; place < batch.Count; place++)
                    {
                        var i = missing[done + place];
                        if (reasons[i] is not null) continue;
                        features.Slice(place * length, length).CopyTo(values.AsSpan(i * length));
                        cache.Add(hashes[i], values.AsSpan(i * length, length));
                    }
                    done += batch.Count;
                    progress?.Report(new RetrainAdvance("Reading pictures", done, missing.Length, done / clock.Elapsed.TotalSeconds));
                    cancellationToken.ThrowIfCancellationRequested();
                }
                var seconds = clock.Elapsed.TotalSeconds;
                progress?.Report(new RetrainMessage(string.Create(CultureInfo.InvariantCulture,
                    $"{missing.Length:N0} pictures in {seconds:F1} s, {missing.Length / seconds:N0} a second; the network waited for them {batches.Waited.TotalSeconds / seconds:P0} of the time.")));
            }
            finally
            {
                cache.Flush(); // also when stopped: what was computed is not lost
            }
        }

        void Fill(int number, PictureBatch batch)
        {
            var first = number * BatchSize;
            batch.Count = Math.Min(BatchSize, missing.Length - first);
            for (var place = 0; place < batch.Count; place++)
            {
                var i = missing[first + place];
                try
                {
                    network.Input.Write(Image.Load(files[i].Path, network.Input.DecodeOptions), batch.Picture(place));
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException or ImageFormatException)
                {
                    reasons[i] = error.Message;
                }
            }
        }
    }
}
