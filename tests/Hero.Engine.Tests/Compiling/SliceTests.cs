using System.Runtime.InteropServices;

namespace Hero.Engine.Tests.Compiling;

/// <summary>Units that values go through a few rows at a time: large float32 values only, so that the same graph in float64 is what to compare with.</summary>
[Collection("threads")]
public class SliceTests
{
    private const string Separator = " | ";

    [Theory]
    [InlineData(62, 66, 3, 1, 1, "same")]
    [InlineData(63, 65, 3, 1, 1, "same")] // picture rows do not come in pairs
    [InlineData(64, 64, 3, 2, 1, "same")]
    [InlineData(66, 64, 3, 1, 1, "valid")]
    [InlineData(64, 66, 5, 2, 1, "same")]
    [InlineData(66, 67, 3, 2, 3, "same")]
    public void A_block_of_a_mobile_network_agrees_with_float64(int height, int width, int kernel, int stride, int dilation, string padding)
    {
        Tensor[] Step(Tensor[] values)
        {
            var (x, weights) = (values[0], values[1..]);
            var h = Normalized(x.Conv2D(weights[0]), weights[1], weights[2]).Tanh();
            h = Normalized(h.DepthwiseConv2D(weights[3], (stride, stride), padding, (dilation, dilation)), weights[4], weights[5]).Tanh();
            h = Normalized(h.Conv2D(weights[6]), weights[7], weights[8]);
            var loss = (h * 2).Sin().Mean();
            return [loss, .. Gradient.Of(loss, values)];
        }

        var random = new RandomGenerator(5);
        Tensor[] values =
        [
            random.Normal([20, height, width, 13]), random.Normal([1, 1, 13, 80], 0, 0.3), random.Normal([80], 1, 0.2), random.Normal([80]),
            random.Normal([kernel, kernel, 80, 1], 0, 0.3), random.Normal([80], 1, 0.2), random.Normal([80]),
            random.Normal([1, 1, 80, 24], 0, 0.2), random.Normal([24], 1, 0.2), random.Normal([24]),
        ];
        var sliced = Function.Compile((Tensor[] x) => Step(x));
        var names = sliced.Profile(values, runs: 1).Steps.Select(step => step.Name).ToList();
        Assert.Contains(names, name => name.Contains("Conv2D | Moments", StringComparison.Ordinal));
        Assert.Contains(names, name => name.StartsWith("DepthwiseConv2DInputGradient | ", StringComparison.Ordinal));
        Assert.Contains(names, name => name.Contains(Separator + "Conv2DFilterGradient", StringComparison.Ordinal));
        var whole = Function.Compile((Tensor[] x) => Step(x));
        double[][] expected = [.. whole.CallAll([.. values.Select(value => value.Cast(DType.Float64))]).Select(result => result.ToArray<double>())];
        double[][] actual = [.. sliced.CallAll(values).Select(result => result.Cast(DType.Float64).ToArray<double>())];
        for (var i = 0; i < expected.Length; i++)
        {
            var largest = expected[i].Max(Math.Abs);
            var error = expected[i].Zip(actual[i], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(error <= 1e-4 * largest, $"result {i}: {error} of {largest}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)] // a thousand standard deviations
    public void Statistics_taken_behind_a_convolution_are_those_of_its_output(double mean)
    {
        var random = new RandomGenerator(7);
        var x = random.Normal([14, 79, 83, 70], mean, 1);
        var filter = Tensor.From(Enumerable.Range(0, 70 * 70).Select(i => i / 70 == i % 70 ? 1f : 0).ToArray(), [1, 1, 70, 70]);
        var function = Function.Compile((Tensor[] x) =>
        {
            var y = x[0].Conv2D(x[1]);
            var (mean, variance) = y.Moments();
            return [y, mean, variance];
        });
        Assert.Contains(function.Profile([x, filter], runs: 1).Steps, step => step.Name == "Conv2D | Moments");
        var results = function.CallAll([x, filter]);
        var values = x.ToArray<float>();
        Assert.Equal(values, results[0].ToArray<float>());
        var (means, variances) = (results[1].ToArray<float>(), results[2].ToArray<float>());
        for (var c = 0; c < 70; c++)
        {
            var column = Enumerable.Range(0, values.Length / 70).Select(row => (double)values[row * 70 + c]).ToArray();
            var expected = column.Average();
            Assert.Equal(expected, means[c], 1e-7 * (mean + 1));
            Assert.Equal(1, variances[c] / column.Average(value => (value - expected) * (value - expected)), 1e-6);
        }
    }

    [Fact]
    public void Results_are_the_same_bits_with_any_number_of_threads()
    {
        var random = new RandomGenerator(9);
        Tensor[] values = [random.Normal([29, 50, 61, 17]), random.Normal([1, 1, 17, 72], 0, 0.3), random.Normal([72]), random.Normal([72]), random.Normal([3, 3, 72, 1]), random.Normal([1, 1, 72, 9])];
        var function = Function.Compile((Tensor[] x) =>
        {
            var h = Normalized(x[0].Conv2D(x[1]), x[2], x[3]).Relu().DepthwiseConv2D(x[4], padding: "same");
            h = Normalized(h, x[2], x[3]).Relu().Conv2D(x[5]);
            return [h, .. Gradient.Of((h * h).Mean(), x)];
        });
        Assert.Contains(function.Profile(values, runs: 1).Steps, step => step.Name.Contains(Separator, StringComparison.Ordinal));
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

    private static Tensor Normalized(Tensor x, Tensor gamma, Tensor beta)
    {
        var (mean, variance) = x.Moments();
        return (x - mean).MultiplyAdd((variance + 1e-3).Rsqrt() * gamma, beta);
    }
}
