using System.Text.Json;

namespace Hero.Engine.Tests.Compiling;

public class ProfileTests
{
    private static readonly Tensor X = new RandomGenerator(1).Uniform([32, 64]);

    [Fact]
    public void Counts_the_work_of_every_step()
    {
        var w = new Variable(new RandomGenerator(2).Uniform([64, 16]));
        var profile = Function.Compile(x => (x.MatMul(w) + 1).Relu()).Profile([X]);
        var step = Assert.Single(profile.Steps);
        Assert.StartsWith("MatMul", step.Name, StringComparison.Ordinal);
        Assert.Equal(2 * 32 * 64 * 16 + 2 * 32 * 16, step.Flops); // the product, the sum and the maximum
        Assert.InRange(step.Bytes, 4 * (32 * 64 + 64 * 16 + 32 * 16), 4 * (32 * 64 + 64 * 16 + 32 * 16) + 16); // and the constants
        Assert.True(step.Seconds > 0);
        Assert.True(step.ShareOfLimit > 0);
        Assert.InRange(profile.Seconds, step.Seconds * 0.1, step.Seconds * 10);
        Assert.True(profile.LivenessBound <= profile.ArenaBytes);
        Assert.Equal(10, profile.Runs);
    }

    [Fact]
    public void Runs_are_real_ones()
    {
        var count = new Variable(Tensor.From(0f));
        Function.Compile(() => count, updates: _ => [(count, count + 1)]).Profile([], runs: 4);
        Assert.Equal(5, count.Item<float>()); // one to warm up
    }

    [Fact]
    public void The_table_has_a_line_for_each_step_or_sums_them_up()
    {
        var profile = Function.Compile(x => x.MatMul(x.Transpose()).Softmax().Sum()).Profile([X], runs: 1);
        Assert.True(profile.Steps.Count >= 3);
        Assert.Equal(2 + profile.Steps.Count, Lines(profile.ToTable()));
        var two = profile.ToTable(rows: 1);
        Assert.Equal(4, Lines(two));
        Assert.Contains($"{profile.Steps.Count - 1} others", two, StringComparison.Ordinal);
        Assert.Contains("GFLOP/s", two, StringComparison.Ordinal);

        static int Lines(string table) => table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    [Fact]
    public void The_trace_is_in_Chromes_format()
    {
        var profile = Function.Compile(x => x.MatMul(x.Transpose()).Sum()).Profile([X], runs: 3);
        using var stream = new MemoryStream();
        profile.WriteChromeTrace(stream);
        using var trace = JsonDocument.Parse(stream.ToArray());
        var events = trace.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        Assert.Equal(3 * profile.Steps.Count, events.Count);
        var end = 0.0;
        foreach (var step in events)
        {
            Assert.Equal("X", step.GetProperty("ph").GetString());
            Assert.True(step.GetProperty("ts").GetDouble() >= end - 1e-3); // one after another
            end = step.GetProperty("ts").GetDouble() + step.GetProperty("dur").GetDouble();
        }
    }

    [Fact]
    public void A_function_cannot_be_profiled_inside_another()
    {
        var inner = Function.Compile(x => x + 1);
        var outer = Function.Compile(x =>
        {
            inner.Profile([x]);
            return x;
        });
        Assert.Contains("outer function", Assert.Throws<InvalidOperationException>(() => outer.Call(X)).Message, StringComparison.Ordinal);
    }
}
