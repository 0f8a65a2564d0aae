using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Runtime;

public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(9)]
    public void Every_item_runs_exactly_once(int threads)
    {
        var team = new WorkerTeam(threads);
        for (var round = 0; round < 200; round++)
        {
            foreach (var items in new[] { 0, 1, 2, 3, 7, 64, 1000 })
            {
                var body = new CountBody { Hits = new int[items] };
                team.For(items, ref body);
                Assert.All(body.Hits, hits => Assert.Equal(1, hits));
            }
        }
        team.Resize(1);
    }

    [Fact]
    public void Every_thread_works_on_the_callers_struct()
    {
        var team = new WorkerTeam(4);
        var body = new SumBody();
        team.For(10_000, ref body);
        Assert.Equal(10_000L * 9_999 / 2, body.Total);
        team.Resize(1);
    }

    [Fact]
    public void Sleeping_workers_wake_up()
    {
        var team = new WorkerTeam(3);
        for (var round = 0; round < 5; round++)
        {
            Thread.Sleep(20);
            var body = new MeetBody { Arrived = new CountdownEvent(3) };
            team.For(3, ref body);   // ends only if three threads are inside at once
        }
        team.Resize(1);
    }

    [Fact]
    public void A_nested_call_runs_on_its_own_thread()
    {
        var team = new WorkerTeam(4);
        var body = new NestBody { Team = team, Hits = new int[8 * 100], Foreign = new int[1] };
        team.For(8, ref body);
        Assert.All(body.Hits, hits => Assert.Equal(1, hits));
        Assert.Equal(0, body.Foreign[0]);
        team.Resize(1);
    }

    [Fact]
    public void Concurrent_callers_do_not_disturb_each_other()
    {
        var team = new WorkerTeam(4);
        var callers = new Thread[6];
        var wrong = 0;
        for (var c = 0; c < callers.Length; c++)
        {
            callers[c] = new Thread(() =>
            {
                for (var round = 0; round < 2000; round++)
                {
                    var body = new CountBody { Hits = new int[1 + round % 50] };
                    team.For(body.Hits.Length, ref body);
                    if (body.Hits.Any(hits => hits != 1)) Interlocked.Increment(ref wrong);
                }
            });
            callers[c].Start();
        }
        foreach (var caller in callers) caller.Join();
        Assert.Equal(0, wrong);
        team.Resize(1);
    }

    [Fact]
    public void As_many_callers_as_threads_each_work_alone()
    {
        var team = new WorkerTeam(2);
        using var entered = new Barrier(2);
        var foreign = new int[2];
        var callers = new Thread[2];
        for (var c = 0; c < callers.Length; c++)
        {
            var caller = c;
            callers[c] = new Thread(() =>
            {
                using var turn = team.Enter();
                entered.SignalAndWait();
                for (var round = 0; round < 1000; round++) foreign[caller] += ForeignItems(team);
                entered.SignalAndWait();
            });
            callers[c].Start();
        }
        foreach (var caller in callers) caller.Join();
        Assert.Equal([0, 0], foreign);
        var body = new MeetBody { Arrived = new CountdownEvent(2) };
        team.For(2, ref body);   // they have left: ends only if the worker helps again
        team.Resize(1);
    }

    [Fact]
    public void Nobody_helps_a_caller_who_wants_to_be_alone()
    {
        var team = new WorkerTeam(4);
        using (WorkerTeam.Alone())
            for (var round = 0; round < 100; round++) Assert.Equal(0, ForeignItems(team));
        var body = new MeetBody { Arrived = new CountdownEvent(4) };
        team.For(4, ref body);
        team.Resize(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_first_exception_reaches_the_caller_and_the_team_lives_on(int threads)
    {
        var team = new WorkerTeam(threads);
        for (var round = 0; round < 100; round++)
        {
            var bad = new ThrowBody { At = round % 20 };
            var error = Assert.Throws<InvalidOperationException>(() => team.For(20, ref bad));
            Assert.Equal("item " + bad.At, error.Message);

            var good = new CountBody { Hits = new int[50] };
            team.For(50, ref good);
            Assert.All(good.Hits, hits => Assert.Equal(1, hits));
        }
        team.Resize(1);
    }

    [Fact]
    public void Resize_takes_effect_and_may_come_from_anywhere()
    {
        var team = new WorkerTeam(1);
        foreach (var threads in new[] { 3, 1, 4, 2, 1 })
        {
            team.Resize(threads);
            Assert.Equal(threads, team.ThreadCount);
            var body = new CountBody { Hits = new int[100] };
            team.For(100, ref body);
            Assert.All(body.Hits, hits => Assert.Equal(1, hits));
        }

        team.Resize(4);
        var resizing = new ResizeBody { Team = team, Hits = new int[64] };
        for (var round = 0; round < 20; round++) team.For(64, ref resizing);
        Assert.All(resizing.Hits, hits => Assert.Equal(20, hits));
        team.Resize(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => team.Resize(0));
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        var team = new WorkerTeam(4);
        var body = new SumBody();
        for (var i = 0; i < 100; i++) team.For(16, ref body);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0; i < 1000; i++) team.For(16, ref body);
        }));
        team.Resize(1);
    }

    [Theory]
    [InlineData(null, 6)]
    [InlineData(" ", 6)]
    [InlineData("3", 3)]
    public void The_environment_sets_the_count(string? text, int expected) => Assert.Equal(expected, WorkerTeam.ParseCount(text, 6));

    [Theory]
    [InlineData("0")]
    [InlineData("-2")]
    [InlineData("many")]
    [InlineData("99999")]
    public void A_bad_count_is_named(string text)
    {
        var error = Assert.Throws<FormatException>(() => WorkerTeam.ParseCount(text, 6));
        Assert.Contains(WorkerTeam.CountVariable, error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    private static int ForeignItems(WorkerTeam team)
    {
        var body = new InnerBody { Hits = new int[50], Thread = Environment.CurrentManagedThreadId, Foreign = new int[1] };
        team.For(50, ref body);
        Assert.All(body.Hits, hits => Assert.Equal(1, hits));
        return body.Foreign[0];
    }

    private struct CountBody : IParallelBody
    {
        public int[] Hits;

        public readonly void Run(int item) => Interlocked.Increment(ref Hits[item]);
    }

    private struct SumBody : IParallelBody
    {
        public long Total;

        public void Run(int item) => Interlocked.Add(ref Total, item);
    }

    private struct MeetBody : IParallelBody
    {
        public CountdownEvent Arrived;

        public readonly void Run(int item)
        {
            Arrived.Signal();
            Assert.True(Arrived.Wait(TimeSpan.FromSeconds(30)));
        }
    }

    private struct NestBody : IParallelBody
    {
        public WorkerTeam Team;
        public int[] Hits;
        public int[] Foreign;

        public readonly void Run(int item)
        {
            var inner = new InnerBody { Hits = Hits, Start = item * 100, Thread = Environment.CurrentManagedThreadId, Foreign = Foreign };
            Team.For(100, ref inner);
        }
    }

    private struct InnerBody : IParallelBody
    {
        public int[] Hits;
        public int[] Foreign;
        public int Start;
        public int Thread;

        public readonly void Run(int item)
        {
            Interlocked.Increment(ref Hits[Start + item]);
            if (Environment.CurrentManagedThreadId != Thread) Interlocked.Increment(ref Foreign[0]);
        }
    }

    private struct ThrowBody : IParallelBody
    {
        public int At;

        public readonly void Run(int item)
        {
            if (item == At) throw new InvalidOperationException("item " + item);
        }
    }

    private struct ResizeBody : IParallelBody
    {
        public WorkerTeam Team;
        public int[] Hits;

        public readonly void Run(int item)
        {
            if (item == 5) Team.Resize(2 + Hits[item] % 3);
            Interlocked.Increment(ref Hits[item]);
        }
    }
}
