using System.Net;
using System.Security.Cryptography;
using Hero.Datasets;
using Hero.Testing;

namespace Hero.Tests.Datasets;

public class DownloaderTests
{
    private static readonly byte[] Content = Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31 >> 3)).ToArray();
    private static readonly DownloadFile Wanted = File("a.gz", Content);
    private static readonly TimeSpan BackOff = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_download_gives_the_file_and_tells_how_far_it_is()
    {
        using var folder = new TemporaryFolder();
        var server = Server();
        var reports = new Reports();
        await Fetch(server, folder, progress: reports);
        Assert.Equal(Content, await System.IO.File.ReadAllBytesAsync(folder.File("a.gz")));
        Assert.Equal(["one/a.gz"], server.Requests);
        Assert.Equal(new DownloadProgress("a.gz", 0, Content.Length), reports.All[0]);
        Assert.Equal(new DownloadProgress("a.gz", Content.Length, Content.Length), reports.All[^1]);
        Assert.Equal(reports.All.Order(Comparer<DownloadProgress>.Create((a, b) => a.BytesReceived.CompareTo(b.BytesReceived))), reports.All);
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_asked_for()
    {
        using var folder = new TemporaryFolder();
        await System.IO.File.WriteAllTextAsync(folder.File("a.gz"), "mine");
        var server = Server();
        await Fetch(server, folder);
        Assert.Empty(server.Requests);
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(folder.File("a.gz")));
    }

    [Fact]
    public async Task A_broken_connection_is_taken_up_where_it_broke()
    {
        using var folder = new TemporaryFolder();
        var server = Server();
        server.BreakAfter(70_000);
        await Fetch(server, folder);
        Assert.Equal(Content, await System.IO.File.ReadAllBytesAsync(folder.File("a.gz")));
        Assert.Equal(["one/a.gz", "two/a.gz bytes=70000-"], server.Requests);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_everything_again()
    {
        using var folder = new TemporaryFolder();
        var server = Server();
        server.KnowsRanges = false;
        server.BreakAfter(70_000);
        await Fetch(server, folder);
        Assert.Equal(Content, await System.IO.File.ReadAllBytesAsync(folder.File("a.gz")));
    }

    [Fact]
    public async Task A_server_that_stands_still_is_given_up()
    {
        using var folder = new TemporaryFolder();
        var server = Server();
        for (var i = 0; i < 6; i++) server.StallAfter(1000);
        var time = new FastTime(TimeSpan.FromSeconds(30)); // patience is over at once, wherever it is needed
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(server, folder, time: time));
        Assert.Contains("one: nothing came for 30 seconds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_grow_from_round_to_round()
    {
        using var folder = new TemporaryFolder();
        var server = new FakeServer();
        var time = new FastTime(BackOff);
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(server, folder, time: time));
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], time.Waits);
        Assert.Equal(6, server.Requests.Count);
        Assert.Contains("two: the server answered 404 Not Found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_checksum_is_never_kept()
    {
        using var folder = new TemporaryFolder();
        var server = new FakeServer { Files = { ["a.gz"] = new byte[Content.Length] } };
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(server, folder));
        Assert.Contains("wrong checksum", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public async Task A_rest_of_something_else_is_thrown_away_and_the_file_fetched_anew()
    {
        using var folder = new TemporaryFolder();
        await System.IO.File.WriteAllBytesAsync(folder.File("a.gz.part"), new byte[5000]);
        var server = Server();
        await Fetch(server, folder);
        Assert.Equal(Content, await System.IO.File.ReadAllBytesAsync(folder.File("a.gz")));
        Assert.Equal(["one/a.gz bytes=5000-", "two/a.gz"], server.Requests);
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(200_001)]
    public async Task A_rest_that_is_complete_or_too_long_is_checked_before_it_counts(int length)
    {
        using var folder = new TemporaryFolder();
        await System.IO.File.WriteAllBytesAsync(folder.File("a.gz.part"), Content.Append((byte)0).Take(length).ToArray());
        var server = Server();
        await Fetch(server, folder);
        Assert.Equal(Content, await System.IO.File.ReadAllBytesAsync(folder.File("a.gz")));
        Assert.Equal(length == Content.Length ? 0 : 1, server.Requests.Count);
    }

    [Fact]
    public async Task A_page_in_place_of_the_file_is_refused_and_what_came_before_is_kept()
    {
        using var folder = new TemporaryFolder();
        await System.IO.File.WriteAllBytesAsync(folder.File("a.gz.part"), Content[..100_000]);
        var server = new FakeServer();
        for (var i = 0; i < 6; i++) server.Next(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html>Please sign in</html>") });
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(server, folder));
        Assert.Contains("expected 200,000 bytes, the server has 27: not the file", error.Message, StringComparison.Ordinal);
        Assert.Equal(100_000, new FileInfo(folder.File("a.gz.part")).Length);
    }

    [Fact]
    public async Task More_than_was_said_is_cut_off()
    {
        using var folder = new TemporaryFolder();
        var server = Server();
        server.Next(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) });
        await Fetch(server, folder);
        Assert.Equal(Content, await System.IO.File.ReadAllBytesAsync(folder.File("a.gz")));
    }

    [Fact]
    public async Task Without_a_network_it_says_at_once_which_files_to_put_where()
    {
        using var folder = new TemporaryFolder();
        var server = new FakeServer();
        for (var i = 0; i < 2; i++) server.Next(_ => throw new HttpRequestException(HttpRequestError.NameResolutionError, "Name or service not known"));
        var time = new FastTime(BackOff);
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(server, folder, time: time, files: [Wanted, File("b.gz", Content)]));
        Assert.Equal($"""
            Could not download a.gz:
              one: Name or service not known
              two: Name or service not known
            Without a network, get these files from another machine and put them into {folder.Root}:
              a.gz    (https://one/data/a.gz)
              b.gz    (https://one/data/b.gz)
            """, error.Message, ignoreLineEndingDifferences: true);
        Assert.Empty(time.Waits);
    }

    [Fact]
    public async Task What_came_before_a_cancellation_is_kept_for_the_next_time()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        var server = Server();
        server.StallAfter(150_000, cancel.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fetch(server, folder, cancellationToken: cancel.Token));
        Assert.False(System.IO.File.Exists(folder.File("a.gz")));
        await Fetch(server, folder);
        Assert.Equal(["one/a.gz", "one/a.gz bytes=150000-"], server.Requests);
        Assert.Equal(Content, await System.IO.File.ReadAllBytesAsync(folder.File("a.gz")));
    }

    private static FakeServer Server() => new() { Files = { ["a.gz"] = Content } };

    private static DownloadFile File(string name, byte[] content) =>
        new(name, content.Length, Convert.ToHexString(SHA256.HashData(content)), [new Uri($"https://one/data/{name}"), new Uri($"https://two/{name}")]);

    private static async Task Fetch(FakeServer server, TemporaryFolder folder, IProgress<DownloadProgress>? progress = null, FastTime? time = null,
        DownloadFile[]? files = null, CancellationToken cancellationToken = default)
    {
        using var downloader = new Downloader(server, time ?? new FastTime(BackOff));
        await downloader.FetchAsync(files ?? [Wanted], folder.Root, progress, cancellationToken);
    }

    private sealed class Reports : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> All { get; } = [];

        public void Report(DownloadProgress value) => All.Add(value);
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => count;
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
