using System.Text.Json;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;

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
        Assert.Equal(step.Flops, step.MadeFlops);
        Assert.Equal(0, profile.MatrixFlopLimit);
        Assert.InRange(step.Bytes, 4 * (32 * 64 + 64 * 16 + 32 * 16), 4 * (32 * 64 + 64 * 16 + 32 * 16) + 16); // and the constants
        Assert.True(step.Seconds > 0);
        Assert.True(step.ShareOfLimit > 0);
        Assert.InRange(profile.Seconds, step.Seconds * 0.1, step.Seconds * 10);
        Assert.True(profile.LivenessBound <= profile.ArenaBytes);
        Assert.Equal(10, profile.Runs);
    }

    [Fact]
    public void Products_that_Winograd_saves_are_not_counted_as_made()
    {
        var (x, filter) = (new RandomGenerator(3).Normal([4, 16, 16, 16]), new Variable(new RandomGenerator(4).Normal([3, 3, 16, 16])));
        var direct = 2.0 * 4 * 16 * 16 * 16 * 16 * 9;
        var tiles = 2.0 * 4 * 4 * 4 * 36 * 16 * 16; // 36 products for each 4 x 4 outputs and pair of channels
        Check(x => x.Conv2D(filter, padding: "same"));
        Check(x => Gradient.Of(x.Conv2D(filter, padding: "same").Square().Sum(), x));
        Check(x => Gradient.Of(x.Conv2D(filter, padding: "same").Square().Sum(), filter));
        var strided = Function.Compile(x => x.Conv2D(filter, (2, 2), "same")).Profile([x], runs: 1).Steps.Single(step => step.Name.StartsWith("Conv2D", StringComparison.Ordinal));
        Assert.Equal(strided.Flops, strided.MadeFlops);

        void Check(Func<Tensor, Tensor> body)
        {
            var steps = Function.Compile(body).Profile([x], runs: 1).Steps.Where(step => step.Name.StartsWith("Conv2D", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(steps);
            foreach (var step in steps)
            {
                var others = step.Flops - direct; // of a chain behind it
                Assert.InRange(others, 0, 3 * x.Size);
                Assert.Equal(tiles + others, step.MadeFlops);
            }
        }
    }

    [SkippableFact]
    public void Products_in_bfloat16_are_held_against_the_matrix_unit()
    {
        Skip.IfNot(TileUnit.IsSupported, "This processor has no matrix unit.");
        var x = new RandomGenerator(1).Uniform([256, 256]);
        var w = new Variable(new RandomGenerator(2).Uniform([256, 256]));
        using var medium = DefaultMatmulPrecision.Use(MatmulPrecision.Medium);
        var profile = Function.Compile(x => x.MatMul(w)).Profile([x], runs: 1);
        Assert.True(profile.MatrixFlopLimit > 0);
        Assert.Contains("bfloat16", profile.ToTable(), StringComparison.Ordinal);
        Assert.True(profile.Steps.Single(step => step.Name == "MatMul").ShareOfLimit > 0);
    }

    [Fact]
    public void Limits_are_what_the_processor_has_units_for()
    {
        Assert.True(MachineLimits.Flops() > 0);
        Assert.Equal(TileUnit.IsSupported, MachineLimits.MatrixFlops() > 0);
        foreach (var bytes in new[] { 1L, 4096, 1 << 20 })
        {
            Assert.InRange(MachineLimits.CopyBandwidth(bytes), 1, 1e14);
            Assert.InRange(MachineLimits.ReadBandwidth(bytes), 1, 1e14);
        }
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
            Assert.Equal((1, 1), (step.GetProperty("pid").GetInt32(), step.GetProperty("tid").GetInt32()));
            Assert.True(step.GetProperty("dur").GetDouble() >= 0);
            Assert.Contains(step.GetProperty("name").GetString(), profile.Steps.Select(one => one.Name));
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
