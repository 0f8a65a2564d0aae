using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Runtime;

[Collection("threads")]
public sealed class RelayTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1000)]
    [InlineData(3, 7)]
    [InlineData(8, 100)]
    [InlineData(127, 3)]
    [InlineData(128, 2)]
    [InlineData(1000, 5)]
    public void Every_step_of_a_lane_runs_once_after_the_one_before(int lanes, int steps) => _ = Kernels.ReduceTests.AtThreadCounts(() =>
    {
        var body = new Walk { Reached = new int[lanes], Inside = new int[lanes], Failures = new int[1] };
        Relay<Walk>.Run(lanes, steps, body);
        Assert.Equal(0, body.Failures[0]);
        Assert.All(body.Reached, reached => Assert.Equal(steps, reached));
        return new float[1];
    });

    [Fact]
    public void A_slow_lane_does_not_hold_up_the_others()
    {
        var team = WorkerTeam.Default.ThreadCount;
        WorkerTeam.Default.Resize(2);
        try
        {
            // The first lane's first leg ends only when all the others are through, whoever took it.
            var body = new Blocked { Through = new CountdownEvent(3) };
            Relay<Blocked>.Run(4, 10, body);
            Assert.Equal(0, body.Through.CurrentCount);
        }
        finally
        {
            WorkerTeam.Default.Resize(team);
        }
    }

    [Fact]
    public void An_exception_of_a_lane_comes_to_the_caller()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => Relay<Throwing>.Run(5, 20, default));
        Assert.Equal("lane 3", thrown.Message);
    }

    private struct Walk : IRelayBody
    {
        public int[] Reached, Inside, Failures;

        public readonly void Run(int lane, int from, int to)
        {
            if (Interlocked.Increment(ref Inside[lane]) != 1 || Reached[lane] != from || to < from) Interlocked.Increment(ref Failures[0]);
            Reached[lane] = to;
            Interlocked.Decrement(ref Inside[lane]);
        }
    }

    private struct Blocked : IRelayBody
    {
        public CountdownEvent Through;

        public readonly void Run(int lane, int from, int to)
        {
            if (lane == 0 && from == 0) Assert.True(Through.Wait(TimeSpan.FromSeconds(60)));
            if (lane != 0 && to == 10) Through.Signal();
        }
    }

    private struct Throwing : IRelayBody
    {
        public readonly void Run(int lane, int from, int to)
        {
            if (lane == 3 && to > 10) throw new InvalidOperationException("lane 3");
        }
    }
}
