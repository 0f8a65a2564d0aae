using System.Security.Cryptography;
using System.Text;

namespace Hero.Vision.Retraining;

/// <summary>
/// The features of pictures, kept on disk between runs under the hash of the picture's bytes, in a folder per base network:
/// renamed, moved and copied pictures are known again, changed ones are not. Every file is written once, as a whole, under a name
/// of its own, so a kill costs what was not written yet, and runs at the same time do not disturb each other. Each entry has a
/// check sum: a damaged one is as good as none. Reading is thread safe; adding and flushing is not.
/// </summary>
internal sealed class BottleneckCache : IDisposable
{
    private const int EntriesPerFile = 512;
    private const int MostFiles = 8;

    private readonly string folder;
    private readonly int length;
    private readonly List<BottleneckSegment> segments = [];
    private readonly Dictionary<ContentHash, (BottleneckSegment Segment, int Position)> index = [];
    private readonly List<(ContentHash Key, float[] Values)> pending = [];

    private BottleneckCache(string folder, int length) => (this.folder, this.length) = (folder, length);

    /// <summary>How many pictures' features are on disk.</summary>
    public int Count => index.Count;

    /// <summary>Why nothing more is written, once writing has failed (a full disk, no permission); null while it works.</summary>
    public string? WriteError { get; private set; }

    /// <summary>Opens the cache of a base network.</summary>
    /// <param name="root">The folder of all caches; made when first written to.</param>
    /// <param name="network">What the features depend on besides the picture: the base's hash, the input size, the preprocessing.</param>
    /// <param name="length">Values of a picture.</param>
    public static BottleneckCache Open(string root, string network, int length)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(network)).AsSpan(0, 12));
        var cache = new BottleneckCache(Path.Combine(root, name), length);
        cache.Load();
        return cache;
    }

    /// <summary>Reads a picture's features; false when they are not there, or damaged.</summary>
    public bool TryGet(ContentHash key, Span<float> destination) =>
        index.TryGetValue(key, out var entry) && entry.Segment.TryRead(entry.Position, destination);

    /// <summary>Keeps a picture's features; every so many they are written.</summary>
    public void Add(ContentHash key, ReadOnlySpan<float> values)
    {
        if (WriteError is not null) return;
        pending.Add((key, values.ToArray()));
        if (pending.Count >= EntriesPerFile) Flush();
    }

    /// <summary>Writes what has been added. Features can be computed again: that they cannot be written is noted, not thrown.</summary>
    public void Flush()
    {
        if (pending.Count == 0 || WriteError is not null) return;
        if (TryWrite(pending) is { } written) Index(written);
        pending.Clear();
        Merge();
    }

    public void Dispose()
    {
        Flush();
        foreach (var segment in segments) segment.Dispose();
    }

    private void Load()
    {
        string[] files;
        try
        {
            files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + BottleneckSegment.Extension) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            WriteError = error.Message;
            return;
        }
        foreach (var file in files.Order(StringComparer.Ordinal))
            if (BottleneckSegment.TryOpen(file, length) is { } segment) Index(segment);
    }

    private void Index(BottleneckSegment segment)
    {
        segments.Add(segment);
        for (var i = 0; i < segment.Count; i++) index[segment.KeyAt(i)] = (segment, i); // the latest counts: it may replace a damaged one
    }

    private BottleneckSegment? TryWrite(IReadOnlyList<(ContentHash Key, float[] Values)> entries)
    {
        // The time in front orders files by age; the random part keeps runs at the same time apart.
        var path = Path.Combine(folder, $"{DateTime.UtcNow.Ticks:x16}-{Path.GetRandomFileName()[..8]}{BottleneckSegment.Extension}");
        try
        {
            BottleneckSegment.Write(path, entries, length);
            return BottleneckSegment.TryOpen(path, length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            WriteError = error.Message;
            return null;
        }
    }

    // Many small files become one; large ones stay, so that a big cache is not written over and over. Another run that does the
    // same at the same time leaves the same entries twice, until the next merge.
    private void Merge()
    {
        var small = segments.Where(static segment => segment.Count < EntriesPerFile * MostFiles).ToHashSet();
        if (small.Count <= MostFiles) return;
        var entries = new List<(ContentHash, float[])>();
        foreach (var (key, (segment, position)) in index)
        {
            var values = new float[length];
            if (small.Contains(segment) && segment.TryRead(position, values)) entries.Add((key, values));
        }
        if (entries.Count == 0 || TryWrite(entries) is not { } merged) return;
        foreach (var segment in small)
        {
            segments.Remove(segment);
            segment.Dispose();
            try
            {
                File.Delete(segment.Path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Held open elsewhere (Windows): it stays, and its entries are in both.
            }
        }
        // Damaged entries of the small files are gone: nothing may point to a closed file.
        foreach (var key in index.Where(entry => small.Contains(entry.Value.Segment)).Select(entry => entry.Key).ToArray()) index.Remove(key);
        Index(merged);
    }
}
