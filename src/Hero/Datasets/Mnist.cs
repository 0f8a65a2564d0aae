using Hero.Data;

namespace Hero.Datasets;

/// <summary>
/// MNIST: 60,000 handwritten digits to train with and 10,000 to test, 28 x 28 grey pixels (LeCun, Cortes, Burges,
/// yann.lecun.com/exdb/mnist). Downloaded once, 11 MB, into the user's cache folder: datasets/mnist in HERO_HOME or in "hero" in
/// the system's folder for applications' data.
/// </summary>
/// <example><code>var (train, test) = Mnist.Load();</code></example>
public static class Mnist
{
    private const int Side = 28;
    private const int Classes = 10;

    private static readonly string[] Mirrors = ["https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"];

    private static readonly DownloadFile[] Files =
    [
        Original("train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        Original("train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        Original("t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        Original("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ];

    /// <summary>Loads the data from a folder, or from the cache, downloading what is missing there.</summary>
    /// <param name="folder">
    /// A folder with the four IDX files, compressed or not. They are taken as they are: other data of the same form (Fashion-MNIST,
    /// a part of MNIST) will do. Null: the cache folder.
    /// </param>
    /// <param name="progress">Told how far a download is.</param>
    /// <param name="cancellationToken">Ends a download; the next one goes on from there.</param>
    /// <exception cref="FileNotFoundException">The folder given lacks files; the message says which and where to get them.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or holds something else.</exception>
    /// <exception cref="DownloadException">The files cannot be downloaded; the message says what to do without a network.</exception>
    public static (LabelledImages Train, LabelledImages Test) Load(string? folder = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Task.Run(() => LoadAsync(folder, progress, cancellationToken), cancellationToken).GetAwaiter().GetResult();

    /// <summary>As <see cref="Load"/>, without holding the calling thread.</summary>
    /// <inheritdoc cref="Load" path="/param"/>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static async Task<(LabelledImages Train, LabelledImages Test)> LoadAsync(string? folder = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        if (folder is not null) return Read(folder);
        using var downloader = new Downloader();
        return await LoadCachedAsync(CacheFolder.Of("mnist"), downloader, progress, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<(LabelledImages Train, LabelledImages Test)> LoadCachedAsync(string cache, Downloader downloader,
        IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        // What the user has put there by hand counts, also uncompressed.
        var missing = Files.Where(file => Find(cache, file.Name) is null).ToArray();
        await downloader.FetchAsync(missing, cache, progress, cancellationToken).ConfigureAwait(false);
        return Read(cache);
    }

    private static (LabelledImages Train, LabelledImages Test) Read(string folder)
    {
        var missing = Files.Where(file => Find(folder, file.Name) is null).Select(file => file.Name).ToArray();
        if (missing.Length > 0)
        {
            throw new FileNotFoundException($"MNIST needs four files in '{folder}' (compressed or not); missing: {string.Join(", ", missing)}. " +
                $"Get them from {Mirrors[0]} or name no folder: then they are downloaded.");
        }
        return (Read(folder, Files[0], Files[1]), Read(folder, Files[2], Files[3]));
    }

    private static LabelledImages Read(string folder, DownloadFile imageFile, DownloadFile labelFile)
    {
        string imagePath = Find(folder, imageFile.Name)!, labelPath = Find(folder, labelFile.Name)!;
        IdxArray images = Idx.Read(imagePath), labels = Idx.Read(labelPath);
        if (images.Values is not byte[] pixels || images.Shape is not [_, Side, Side])
            throw Wrong(imagePath, $"bytes of shape (pictures, {Side}, {Side})", images);
        if (labels.Values is not byte[] classes || labels.Shape is not [var count] || count != images.Shape[0])
            throw Wrong(labelPath, $"bytes of shape ({images.Shape[0]},), one for each picture", labels);
        var outside = classes.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (outside >= 0) throw new InvalidDataException($"'{labelPath}': expected labels from 0 to {Classes - 1}, number {outside:N0} is {classes[outside]}.");
        return new LabelledImages(pixels, classes, Side, Side, 1, Classes);
    }

    private static InvalidDataException Wrong(string path, string expected, IdxArray got) =>
        new($"'{path}': expected {expected}, got {got.ElementType.Name} of shape ({string.Join(", ", got.Shape)}).");

    // The names in use: as published, unpacked, and with the dot some archives have (train-images.idx3-ubyte).
    private static string? Find(string folder, string published)
    {
        var plain = Path.GetFileNameWithoutExtension(published);
        var dotted = plain.Replace("-idx", ".idx", StringComparison.Ordinal);
        return new[] { published, plain, dotted + ".gz", dotted }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private static DownloadFile Original(string name, long size, string sha256) =>
        new(name, size, sha256, Mirrors.Select(mirror => new Uri(mirror + name)).ToArray());
}
