using Hero.Data;

namespace Hero.Tests.Data;

public class DatasetThreadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void A_parallel_map_keeps_the_order(int parallelism)
    {
        var set = Dataset.Range(2000).Map(i =>
        {
            if (i % 37 == 0) Thread.Yield();
            return i * 2;
        }, parallelism);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => i * 2), set.Epoch());
    }

    [Fact]
    public void A_parallel_map_works_on_several_elements_at_a_time_and_on_no_more_than_said()
    {
        int running = 0, most = 0;
        var set = Dataset.Range(200).Map(i =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            SpinWait.SpinUntil(() => Volatile.Read(ref most) >= 3, TimeSpan.FromSeconds(20)); // the first ones wait for company
            Interlocked.Decrement(ref running);
            return i;
        }, parallelism: 3);
        Assert.Equal(200, set.Epoch().Count());
        Assert.Equal(3, most);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_comes_where_its_element_was_due(int parallelism)
    {
        var set = Dataset.Range(100).Map(i => i == 50 ? throw new InvalidTimeZoneException("fifty") : i, parallelism);
        foreach (var way in new[] { set, set.Prefetch(3) })
        {
            var seen = new List<int>();
            var error = Assert.Throws<InvalidTimeZoneException>(() =>
            {
                foreach (var i in way.Epoch()) seen.Add(i);
            });
            Assert.Equal("fifty", error.Message);
            Assert.Equal(Enumerable.Range(0, 50), seen);
        }
    }

    [Fact]
    public void An_exception_of_the_source_comes_after_all_its_elements()
    {
        static IEnumerable<int> Broken()
        {
            for (var i = 0; i < 5; i++) yield return i;
            throw new InvalidTimeZoneException();
        }
        var set = Dataset.From(Broken).Map(i => i, 4).Prefetch(2).Map(i => i, 2);
        var seen = new List<int>();
        Assert.Throws<InvalidTimeZoneException>(() =>
        {
            foreach (var i in set.Epoch()) seen.Add(i);
        });
        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public void Prefetch_makes_elements_ahead_but_no_more_than_its_depth()
    {
        var made = 0;
        var set = Dataset.Range(100).Map(i => Interlocked.Increment(ref made)).Prefetch(3);
        using var loop = set.Epoch().GetEnumerator();
        Assert.True(loop.MoveNext());
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref made) >= 4, TimeSpan.FromSeconds(20)));
        Thread.Sleep(20);
        Assert.InRange(Volatile.Read(ref made), 4, 5);
    }

    [Fact]
    public void A_loop_that_is_left_early_leaves_no_thread_behind()
    {
        Thread? worker = null;
        var disposed = false;
        IEnumerable<int> Endless()
        {
            try
            {
                worker = Thread.CurrentThread;
                for (var i = 0; ; i++) yield return i;
            }
            finally
            {
                disposed = true;
            }
        }
        foreach (var i in Dataset.From(Endless).Prefetch(2).Prefetch(2).Epoch())
            if (i == 10) break;
        Assert.True(disposed);
        Assert.NotNull(worker);
        Assert.NotEqual(Environment.CurrentManagedThreadId, worker.ManagedThreadId);
        Assert.True(worker.Join(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void A_loop_that_is_forgotten_leaves_no_thread_behind()
    {
        Thread? worker = null;
        IEnumerable<int> Endless()
        {
            worker = Thread.CurrentThread;
            for (var i = 0; ; i++) yield return i;
        }
        void StartAndForget()
        {
            var loop = Dataset.From(Endless).Prefetch(2).Epoch().GetEnumerator();
            Assert.True(loop.MoveNext());
        }
        StartAndForget();
        for (var i = 0; i < 2000 && worker!.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(10);
        }
        Assert.False(worker!.IsAlive);
    }

    [Fact]
    public async Task Cancellation_ends_a_loop_that_waits()
    {
        using var cancel = new CancellationTokenSource();
        using var waiting = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var set = Dataset.Range(3).Map(i =>
        {
            if (i == 1)
            {
                waiting.Set();
                release.Wait(TimeSpan.FromSeconds(20));
            }
            return i;
        }).Prefetch();
        using var one = new ManualResetEventSlim();
        var loop = Task.Run(() =>
        {
            using var elements = set.Epoch(0, 0, cancel.Token).GetEnumerator();
            Assert.True(elements.MoveNext());
            one.Set();
            Assert.Throws<OperationCanceledException>(() => elements.MoveNext());
        });
        Assert.True(one.Wait(TimeSpan.FromSeconds(20)) && waiting.Wait(TimeSpan.FromSeconds(20)));
        await cancel.CancelAsync();
        release.Set(); // the loop waits for the function that is running, so that no thread is left behind
        await loop.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Cancellation_ends_every_loop_before_its_next_element()
    {
        foreach (var set in new[] { Dataset.Range(100), Dataset.Range(100).Map(i => i, 3), Dataset.Range(100).Prefetch() })
        {
            using var cancel = new CancellationTokenSource();
            var seen = 0;
            Assert.Throws<OperationCanceledException>(() =>
            {
                foreach (var i in set.Epoch(0, 0, cancel.Token))
                {
                    seen++;
                    if (i == 5) cancel.Cancel();
                }
            });
            Assert.Equal(6, seen);
        }
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
            if (Interlocked.CompareExchange(ref most, now, seen) == seen) return;
    }
}
