using System.Diagnostics;
using Hero.Data;

namespace Hero.Vision.Retraining;

/// <summary>
/// Pictures to train on, decoded when first needed and kept in memory, at a size the network can use, as long as there is room:
/// training comes back to each of them many times. Thread safe.
/// </summary>
internal sealed class PictureStore
{
    private readonly IReadOnlyList<ImageFile> files;
    private readonly ImageDecodeOptions decode;
    private readonly Image?[] kept;
    private long room;

    /// <param name="files">The pictures; a number is a place in this list.</param>
    /// <param name="input">What they are for.</param>
    /// <param name="margin">How much larger than the input pictures are of use, because parts of them are cut out: 1 for not at all.</param>
    /// <param name="room">How many bytes may be kept; a quarter of the machine's memory when not given.</param>
    public PictureStore(IReadOnlyList<ImageFile> files, PictureInput input, double margin = 1, long? room = null)
    {
        this.files = files;
        this.room = room ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
        decode = new ImageDecodeOptions { TargetHeight = (int)Math.Ceiling(input.Height * margin), TargetWidth = (int)Math.Ceiling(input.Width * margin) };
        kept = new Image?[files.Count];
    }

    /// <summary>A picture; at its own size or at the useful one, whichever is smaller.</summary>
    /// <exception cref="ImageFormatException">The file is no readable picture.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Image this[int number]
    {
        get
        {
            if (Volatile.Read(ref kept[number]) is { } known) return known;
            var image = Image.Load(files[number].Path, decode);
            if (image.Width > decode.TargetWidth && image.Height > decode.TargetHeight) image = image.Resize(decode.TargetWidth, decode.TargetHeight);
            if (Interlocked.Add(ref room, -image.Pixels.Length) >= 0) Volatile.Write(ref kept[number], image);
            return image;
        }
    }

    /// <summary>Reads all pictures once: the unreadable ones are found before anything is trained.</summary>
    public IReadOnlyList<SkippedFile> ReadAll(IProgress<RetrainProgress>? progress, CancellationToken cancellationToken)
    {
        const int Chunk = 256;
        var (reasons, clock) = (new string?[files.Count], Stopwatch.StartNew());
        for (var first = 0; first < files.Count; first += Chunk)
        {
            var end = Math.Min(files.Count, first + Chunk);
            Parallel.For(first, end, new ParallelOptions { CancellationToken = cancellationToken }, number =>
            {
                try
                {
                    _ = this[number];
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException or ImageFormatException)
                {
                    reasons[number] = error.Message;
                }
            });
            progress?.Report(new RetrainAdvance("Reading pictures", end, files.Count, end / clock.Elapsed.TotalSeconds));
        }
        return [.. Enumerable.Range(0, files.Count).Where(number => reasons[number] is not null).Select(number => new SkippedFile(files[number].Path, reasons[number]!))];
    }
}
