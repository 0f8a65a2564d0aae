using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hero.Engine.Tests.Compiling;

/// <summary>Kernels that run a chain over their input as they read it: large float32 values only, so that the same graph in float64 is what to compare with.</summary>
[Collection("threads")]
public class IntakeTests
{
    [Theory]
    [InlineData(62, 66, 3, 1, 1, "same")]
    [InlineData(63, 65, 3, 1, 1, "same")] // picture rows do not come in pairs
    [InlineData(64, 64, 3, 2, 1, "same")]
    [InlineData(66, 63, 3, 2, 1, "valid")]
    [InlineData(64, 66, 5, 2, 1, "same")]
    [InlineData(64, 66, 3, 1, 2, "same")]
    public void A_block_of_a_mobile_network_agrees_with_float64(int height, int width, int kernel, int stride, int dilation, string padding)
    {
        var random = new RandomGenerator(5);
        Tensor[] values =
        [
            random.Normal([7, height, width, 13]), random.Normal([1, 1, 13, 80], 0, 0.3), random.Normal([80], 1, 0.2), random.Normal([80]),
            random.Normal([kernel, kernel, 80, 1], 0, 0.3), random.Normal([80], 1, 0.2), random.Normal([80]), random.Normal([1, 1, 80, 24], 0, 0.2),
        ];
        Tensor[] Step(Tensor[] x)
        {
            var h = Active(Normalized(x[0].Conv2D(x[1]), x[2], x[3]));
            h = Active(Normalized(h.DepthwiseConv2D(x[4], (stride, stride), padding, (dilation, dilation)), x[5], x[6]));
            var loss = h.Conv2D(x[7]).Sin().Mean();
            return [loss, .. Gradient.Of(loss, x)];
        }

        var function = Function.Compile((Tensor[] x) => Step(x));
        var names = function.Profile(values, runs: 1).Steps.Select(step => step.Name).ToList();
        Assert.Contains(names, name => name.EndsWith("+DepthwiseConv2D", StringComparison.Ordinal));
        Assert.Contains(names, name => name.Contains("+DepthwiseConv2D", StringComparison.Ordinal) && name.Contains("FilterGradient", StringComparison.Ordinal));
        if (stride == 1 && Vector512.IsHardwareAccelerated)
        {
            Assert.Contains(names, name => name.EndsWith("+Conv2D", StringComparison.Ordinal));
            Assert.Contains(names, name => name.Contains("+Conv2DInputGradient+FilterGradient", StringComparison.Ordinal));
        }
        var whole = Function.Compile((Tensor[] x) => Step(x));
        double[][] expected = [.. whole.CallAll([.. values.Select(value => value.Cast(DType.Float64))]).Select(result => result.ToArray<double>())];
        double[][] actual = [.. function.CallAll(values).Select(result => result.Cast(DType.Float64).ToArray<double>())];
        for (var i = 0; i < expected.Length; i++)
        {
            var largest = expected[i].Max(Math.Abs);
            var error = expected[i].Zip(actual[i], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(error <= 1e-3 * largest, $"result {i}: {error} of {largest}");
        }
    }

    [Fact]
    public void A_value_that_somebody_else_reads_is_kept()
    {
        var random = new RandomGenerator(6);
        Tensor x = random.Normal([5, 80, 81, 70]), scale = random.Normal([70]), taps = random.Normal([3, 3, 70, 1]);
        var function = Function.Compile((Tensor[] v) =>
        {
            var h = (v[0] * v[1]).Abs();
            return [h, h.DepthwiseConv2D(v[2], padding: "same")];
        });
        Assert.Contains(function.Profile([x, scale, taps], runs: 1).Steps, step => step.Name == "DepthwiseConv2D");
        var (together, kept) = (function.CallAll(x, scale, taps), Tensor.From<float>((x * scale).Abs().ToArray<float>(), x.Shape));
        Assert.Equal(kept.ToArray<float>(), together[0].ToArray<float>());
        Assert.Equal(kept.DepthwiseConv2D(taps, padding: "same").ToArray<float>(), together[1].ToArray<float>());
    }

    [Fact]
    public void A_variable_that_the_chain_reads_is_updated_after_it()
    {
        var random = new RandomGenerator(7);
        Tensor x = random.Normal([5, 80, 81, 70]), taps = random.Normal([3, 3, 70, 1]);
        var shift = new Variable(random.Normal([70]));
        var before = shift.ToArray<float>();
        var expected = Tensor.From<float>((x - shift).Abs().ToArray<float>(), x.Shape).DepthwiseConv2D(taps, padding: "same").ToArray<float>();
        var function = Function.Compile((x, taps) =>
        {
            shift.Assign(shift * 0.5f);
            return (x - shift).Abs().DepthwiseConv2D(taps, padding: "same");
        });
        Assert.Equal(expected, function.Call(x, taps).ToArray<float>());
        Assert.Equal(before.Select(value => value * 0.5f), shift.ToArray<float>());
        Assert.Contains(function.Profile([x, taps], runs: 1).Steps, step => step.Name == "Subtract+Abs+DepthwiseConv2D");
    }

    [Fact]
    public void Results_are_the_same_bits_with_any_number_of_threads()
    {
        var random = new RandomGenerator(9);
        Tensor[] values = [random.Normal([9, 50, 61, 17]), random.Normal([1, 1, 17, 80], 0, 0.3), random.Normal([80]), random.Normal([80]), random.Normal([3, 3, 80, 1]), random.Normal([1, 1, 80, 24])];
        var function = Function.Compile((Tensor[] x) =>
        {
            var h = Normalized(x[0].Conv2D(x[1]), x[2], x[3]).Relu6().DepthwiseConv2D(x[4], padding: "same");
            h = Normalized(h, x[2], x[3]).Relu6().Conv2D(x[5]);
            return [h, .. Gradient.Of((h * h).Mean(), x)];
        });
        var names = function.Profile(values, runs: 1).Steps.Select(step => step.Name).ToList();
        Assert.Contains(names, name => name.EndsWith("Relu6+DepthwiseConv2D", StringComparison.Ordinal));
        Assert.Contains(names, name => name.Contains("DepthwiseConv2DInputGradient+FilterGradient+", StringComparison.Ordinal) && name.EndsWith("+Sum+Sum", StringComparison.Ordinal));
        var before = Threads.Count;
        try
        {
            byte[]? first = null;
            foreach (var threads in new[] { 1, 2, 3, 4, 4 })
            {
                Threads.Count = threads;
                byte[] bits = [.. function.CallAll(values).SelectMany(result => MemoryMarshal.AsBytes<float>(result.ToArray<float>()).ToArray())];
                Assert.Equal(first ??= bits, bits);
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }

    // Smooth, so that float64 takes the same side of it.
    private static Tensor Active(Tensor x) => (x * 0.2f).Square() + x;

    private static Tensor Normalized(Tensor x, Tensor gamma, Tensor beta)
    {
        var (mean, variance) = x.Moments();
        return (x - mean).MultiplyAdd((variance + 1e-3).Rsqrt() * gamma, beta);
    }
}
