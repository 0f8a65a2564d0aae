using System.IO.Compression;
using System.Net;
using Hero.Datasets;
using Hero.Testing;

namespace Hero.Tests.Datasets;

public class MnistTests
{
    [Fact]
    public void Loads_a_folder_of_small_files_as_they_are()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);
        var (train, test) = Mnist.Load(folder.Root);
        Assert.Equal((3, 28, 28, 1, 10), (train.Count, train.Height, train.Width, train.Channels, train.ClassCount));
        Assert.Equal(2, test.Count);
        Assert.Equal(new byte[] { 4, 0, 9 }, train.Labels.ToArray());
        Assert.Equal(255, train.Pixels.Span[28 * 28]);

        var images = train.ToImageTensor();
        Assert.Equal(new Shape(3, 28, 28, 1), images.Shape);
        Assert.Equal(1f, images.ToArray<float>()[28 * 28]);
        Assert.Equal([4, 0, 9], train.ToLabelTensor().ToArray<int>());
        var oneHot = train.ToOneHotTensor();
        Assert.Equal(new Shape(3, 10), oneHot.Shape);
        Assert.Equal([4, 10, 29], oneHot.ToArray<float>().Select((value, at) => (value, at)).Where(pair => pair.value == 1).Select(pair => pair.at));
    }

    [Fact]
    public void A_folder_without_files_says_which_are_missing()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);
        File.Delete(folder.File("t10k-labels.idx1-ubyte"));
        var error = Assert.Throws<FileNotFoundException>(() => Mnist.Load(folder.Root));
        Assert.Contains("missing: t10k-labels-idx1-ubyte.gz. Get them from https://", error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Mnist.Load(folder.File("nowhere")));
    }

    [Fact]
    public void Files_that_hold_something_else_are_refused()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);
        File.WriteAllBytes(folder.File("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 3, 4, 10, 9]);
        Assert.Contains("expected labels from 0 to 9, number 1 is 10", Error(folder), StringComparison.Ordinal);
        File.WriteAllBytes(folder.File("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 4, 1]);
        Assert.Contains("expected bytes of shape (3,), one for each picture, got Byte of shape (2)", Error(folder), StringComparison.Ordinal);
        File.WriteAllBytes(folder.File("train-images-idx3-ubyte.gz"), [0, 0, 8, 1, 0, 0, 0, 2, 4, 1]);
        Assert.Contains("expected bytes of shape (pictures, 28, 28), got Byte of shape (2)", Error(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_the_cache_is_not_downloaded_and_what_is_missing_is()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);
        var server = new FakeServer();
        using var downloader = new Downloader(server, new FastTime(TimeSpan.FromSeconds(10)));
        var (train, _) = await Mnist.LoadCachedAsync(folder.Root, downloader, null, default);
        Assert.Equal(3, train.Count);
        Assert.Empty(server.Requests);

        File.Delete(folder.File("t10k-images-idx3-ubyte"));
        var error = await Assert.ThrowsAsync<DownloadException>(() => Mnist.LoadCachedAsync(folder.Root, downloader, null, default));
        Assert.Contains("https://storage.googleapis.com/cvdf-datasets/mnist/t10k-images-idx3-ubyte.gz", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("train", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, server.Requests.Count);
    }

    // The shared training pictures are not the original bytes, the other three files are: enough to prove sizes and checksums.
    [SkippableFact]
    public async Task The_published_checksums_are_the_originals()
    {
        using var folder = new TemporaryFolder();
        var shared = SharedData.Require("mnist");
        var server = new FakeServer();
        foreach (var file in Directory.GetFiles(shared, "*.gz")) server.Files[Path.GetFileName(file)] = await File.ReadAllBytesAsync(file);
        File.Copy(Path.Combine(shared, "train-images-idx3-ubyte.gz"), folder.File("train-images-idx3-ubyte.gz"));
        using var downloader = new Downloader(server, new FastTime(TimeSpan.FromSeconds(10)));
        var (train, test) = await Mnist.LoadCachedAsync(folder.Root, downloader, null, default);
        Assert.Equal((60_000, 10_000), (train.Count, test.Count));
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(new byte[] { 5, 0, 4, 1, 9 }, train.Labels[..5].ToArray());
    }

    private static string Error(TemporaryFolder folder) => Assert.Throws<InvalidDataException>(() => Mnist.Load(folder.Root)).Message;

    // The four names that are in use: published, unpacked, and with a dot.
    private static void Fill(TemporaryFolder folder)
    {
        var pixels = new byte[3 * 28 * 28];
        pixels[28 * 28] = 255;
        using (var zip = new GZipStream(File.Create(folder.File("train-images-idx3-ubyte.gz")), CompressionLevel.Fastest))
            zip.Write([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28, .. pixels]);
        File.WriteAllBytes(folder.File("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 3, 4, 0, 9]);
        File.WriteAllBytes(folder.File("t10k-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[2 * 28 * 28]]);
        File.WriteAllBytes(folder.File("t10k-labels.idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 1, 2]);
    }
}
