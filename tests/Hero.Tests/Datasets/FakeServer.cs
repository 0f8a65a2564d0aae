using System.Net;
using System.Net.Http.Headers;

namespace Hero.Tests.Datasets;

/// <summary>A network of one: answers requests from a table of files, with the faults a test wants.</summary>
internal sealed class FakeServer : HttpMessageHandler
{
    private readonly Queue<Func<HttpRequestMessage, HttpResponseMessage>> faults = new();

    /// <summary>Content by the last part of the address.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>False: answers every request with the whole file, as simple servers do.</summary>
    public bool KnowsRanges { get; set; } = true;

    /// <summary>The requests so far: host, file and, if any, the range asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Answers the next request in another way.</summary>
    public void Next(Func<HttpRequestMessage, HttpResponseMessage> fault) => faults.Enqueue(fault);

    /// <summary>The next request gets its answer's first bytes, then the connection breaks.</summary>
    public void BreakAfter(int bytes) => Next(request => Answer(request, content => new BrokenStream(content[..bytes])));

    /// <summary>The next request gets its answer's first bytes, then nothing more for ever.</summary>
    public void StallAfter(int bytes, Action? stalled = null) => Next(request => Answer(request, content => new StalledStream(content[..bytes], stalled)));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add($"{request.RequestUri!.Host}/{request.RequestUri.Segments[^1]} {request.Headers.Range}".TrimEnd());
        return Task.FromResult(faults.TryDequeue(out var fault) ? fault(request) : Answer(request, content => new MemoryStream(content)));
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, Func<byte[], Stream> open)
    {
        if (!Files.TryGetValue(request.RequestUri!.Segments[^1], out var file)) return new HttpResponseMessage(HttpStatusCode.NotFound);
        var from = KnowsRanges ? (int)(request.Headers.Range?.Ranges.Single().From ?? 0) : 0;
        if (from >= file.Length) return new HttpResponseMessage(HttpStatusCode.RequestedRangeNotSatisfiable);
        var response = new HttpResponseMessage(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = new StreamContent(open(file[from..])) };
        response.Content.Headers.ContentLength = file.Length - from;
        if (from > 0) response.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, file.Length - 1, file.Length);
        return response;
    }

    private class BrokenStream(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var got = await base.ReadAsync(buffer, cancellationToken);
            return got > 0 ? got : await AtEndAsync(cancellationToken);
        }

        protected virtual Task<int> AtEndAsync(CancellationToken cancellationToken) => throw new IOException("connection reset");
    }

    private sealed class StalledStream(byte[] content, Action? stalled) : BrokenStream(content)
    {
        protected override async Task<int> AtEndAsync(CancellationToken cancellationToken)
        {
            stalled?.Invoke();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}

/// <summary>A clock on which short waits are over at once; longer ones never are, unless it is told to hurry.</summary>
internal sealed class FastTime(TimeSpan atMost) : TimeProvider
{
    /// <summary>The waits that were over.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(FastTime time, Action fire) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.Zero || dueTime > time.AtMost) return true;
            lock (time.Waits) time.Waits.Add(dueTime);
            ThreadPool.QueueUserWorkItem(_ => fire());
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }

    private TimeSpan AtMost => atMost;
}
