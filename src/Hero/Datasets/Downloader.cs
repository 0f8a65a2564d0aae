using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Hero.Datasets;

/// <summary>
/// Downloads files that are known by size and checksum. A file has its name only when it is complete and right; until then it is
/// NAME.part, from which a later try goes on. Fails within bounded time: what stands still for 30 seconds is given up.
/// </summary>
internal sealed class Downloader : IDisposable
{
    private const int Rounds = 3;
    private const int BufferBytes = 1 << 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient client;
    private readonly TimeProvider time;

    /// <param name="handler">What answers the requests; the network when null.</param>
    /// <param name="time">The clock of waits and time-outs; the system's when null.</param>
    public Downloader(HttpMessageHandler? handler = null, TimeProvider? time = null)
    {
        client = new HttpClient(handler ?? new SocketsHttpHandler { ConnectTimeout = Patience }) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("hero", typeof(Downloader).Assembly.GetName().Version!.ToString(2)));
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Sees to it that a folder has all files; those it has are left alone.</summary>
    /// <exception cref="DownloadException">A file cannot be had from any of its addresses.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what has come is kept for the next time.</exception>
    public async Task FetchAsync(IReadOnlyList<DownloadFile> files, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            if (File.Exists(Path.Combine(folder, file.Name))) continue;
            Directory.CreateDirectory(folder);
            var failures = await FetchAsync(file, folder, progress, cancellationToken).ConfigureAwait(false);
            if (failures is null) continue;
            var missing = files.Where(other => !File.Exists(Path.Combine(folder, other.Name))).ToList();
            throw new DownloadException($"Could not download {file.Name}:{Environment.NewLine}" +
                string.Concat(failures.Distinct().Select(failure => $"  {failure}{Environment.NewLine}")) +
                $"Without a network, get {(missing.Count == 1 ? "this file" : "these files")} from another machine and put {(missing.Count == 1 ? "it" : "them")} into {folder}:{Environment.NewLine}" +
                string.Join(Environment.NewLine, missing.Select(other => $"  {other.Name}    ({other.Addresses[0]})")));
        }
    }

    public void Dispose() => client.Dispose();

    // Null when the file is there, else what went wrong at each try.
    private async Task<List<string>?> FetchAsync(DownloadFile file, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            if (round > 0) await Task.Delay(TimeSpan.FromSeconds(1 << (round - 1)), time, cancellationToken).ConfigureAwait(false);
            var offline = true;
            foreach (var address in file.Addresses)
            {
                var failure = await TryAsync(file, address, folder, progress, cancellationToken).ConfigureAwait(false);
                if (failure is null) return null;
                failures.Add($"{address.Host}: {failure.Text}");
                offline &= failure.Offline;
            }
            if (offline) break; // not one name could be resolved: waiting a second will not connect the machine
        }
        return failures;
    }

    private async Task<Failure?> TryAsync(DownloadFile file, Uri address, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, file.Name);
        var part = path + ".part";
        var have = File.Exists(part) ? new FileInfo(part).Length : 0;
        if (have > file.Size)
        {
            File.Delete(part);
            have = 0;
        }
        if (have < file.Size)
        {
            var failure = await ReceiveAsync(file, address, part, have, progress, cancellationToken).ConfigureAwait(false);
            if (failure is not null) return failure;
        }
        if (!await IsRightAsync(part, file.Sha256, cancellationToken).ConfigureAwait(false))
        {
            File.Delete(part);
            return new("the file came with a wrong checksum and was thrown away");
        }
        File.Move(part, path, overwrite: true);
        return null;
    }

    private async Task<Failure?> ReceiveAsync(DownloadFile file, Uri address, string part, long have, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) File.Delete(part); // then the next try starts anew
            if (!response.IsSuccessStatusCode) return new($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");

            var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            if (response.StatusCode == HttpStatusCode.PartialContent && !resumed) return new("the server answered with another part of the file than asked for");
            if (!resumed) have = 0;
            if (response.Content.Headers.ContentLength is { } length && have + length != file.Size)
                return new($"expected {file.Size:N0} bytes, the server has {have + length:N0}: not the file (a sign-in page of the network?)");

            var source = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using var target = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
            have = await CopyAsync(source, target, have, file, progress, stall, either.Token).ConfigureAwait(false);
            target.Flush(flushToDisk: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new($"nothing came for {Patience.TotalSeconds:N0} seconds");
        }
        catch (HttpRequestException error)
        {
            return new(error.Message, error.HttpRequestError == HttpRequestError.NameResolutionError);
        }
        catch (HttpIOException error)
        {
            return new($"the connection broke ({error.Message})");
        }
        if (have == file.Size) return null;
        if (have > file.Size) File.Delete(part);
        return new(have < file.Size ? $"the connection ended after {have:N0} of {file.Size:N0} bytes" : $"more came than the expected {file.Size:N0} bytes");
    }

    private static async Task<long> CopyAsync(Stream source, FileStream target, long have, DownloadFile file, IProgress<DownloadProgress>? progress,
        CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        progress?.Report(new(file.Name, have, file.Size));
        while (have <= file.Size)
        {
            stall.CancelAfter(Patience);
            int got;
            try
            {
                got = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException error) when (error is not HttpIOException)
            {
                // Told apart from an error of the disk, which no other address would mend.
                throw new HttpIOException(HttpRequestError.Unknown, error.Message, error);
            }
            if (got == 0) break;
            await target.WriteAsync(buffer.AsMemory(0, got), cancellationToken).ConfigureAwait(false);
            have += got;
            progress?.Report(new(file.Name, Math.Min(have, file.Size), file.Size));
        }
        return have;
    }

    private static async Task<bool> IsRightAsync(string part, string sha256, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, useAsync: true);
        var hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
        return Convert.ToHexString(hash).Equals(sha256, StringComparison.OrdinalIgnoreCase);
    }

    private sealed record Failure(string Text, bool Offline = false);
}
