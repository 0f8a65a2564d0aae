using Hero.Ops;

namespace Hero.Engine.Tests.Cpu.Specializing;

/// <summary>The two gradients of a convolution from one step: the same graph in float64, where they are apart, says what is right.</summary>
[Collection("threads")]
public class PairedGradientsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Behind_batch_normalization_they_make_what_they_read_and_its_sums(int stride)
    {
        var random = new RandomGenerator(3);
        Tensor[] values =
        [
            random.Normal([5, 62, 64, 19]), random.Normal([1, 1, 19, 112], 0, 0.3), random.Normal([112], 1, 0.2), random.Normal([112]),
            random.Normal([3, 3, 112, 1], 0, 0.3), random.Normal([112], 1, 0.2), random.Normal([112]), random.Normal([1, 1, 112, 24], 0, 0.2),
        ];
        var names = Check(values, x =>
        {
            var h = Normalized(x[0].Conv2D(x[1]), x[2], x[3]);
            h = Active(Normalized(h.DepthwiseConv2D(x[4], (stride, stride), "same"), x[5], x[6]));
            var loss = h.Conv2D(x[7]).Sin().Mean();
            return [loss, .. Gradient.Of(loss, x)];
        });
        var depthwise = Assert.Single(names, name => name.Contains("DepthwiseConv2DInputGradient+FilterGradient", StringComparison.Ordinal));
        Assert.Contains("FilterGradient+Subtract+Multiply+Sum", depthwise, StringComparison.Ordinal);
        Assert.StartsWith("Subtract+", depthwise, StringComparison.Ordinal);
        // Small pictures stay in the caches: the last convolution's gradients are computed apart where the stride has made them small.
        Assert.Equal(stride == 1 ? 3 : 2, names.Count(name => name.Contains("Conv2DInputGradient+FilterGradient", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_that_is_asked_for_alone_is_computed_alone()
    {
        var random = new RandomGenerator(4);
        Tensor[] values = [random.Normal([2, 13, 14, 20]), random.Normal([3, 3, 20, 1])];
        var names = Check(values, x => [Gradient.Of(x[0].DepthwiseConv2D(x[1]).Sin().Sum(), x[1])]);
        Assert.Contains("DepthwiseConv2DFilterGradient", names);
        names = Check(values, x => [Gradient.Of(x[0].DepthwiseConv2D(x[1]).Sin().Sum(), x[0])]);
        Assert.Contains("DepthwiseConv2DInputGradient", names);
    }

    [Fact]
    public void A_filter_that_is_used_twice_has_two_pairs()
    {
        var random = new RandomGenerator(5);
        Tensor[] values = [random.Normal([2, 13, 14, 20]), random.Normal([3, 3, 20, 1])];
        var names = Check(values, x =>
        {
            var loss = x[0].DepthwiseConv2D(x[1], padding: "same").Sin().DepthwiseConv2D(x[1]).Square().Mean();
            return [.. Gradient.Of(loss, x)];
        });
        Assert.Equal(2, names.Count(name => name.Contains("DepthwiseConv2DInputGradient+FilterGradient", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_filter_gradient_that_waits_for_the_other_is_no_partner()
    {
        var random = new RandomGenerator(6);
        Tensor[] values = [random.Normal([2, 13, 14, 20]), random.Normal([3, 3, 20, 1])];
        var window = new Window2D(2, 13, 14, 20, 13, 14, 20, 3, 3, PadTop: 1, PadLeft: 1, Groups: 20);
        var names = Check(values, x =>
        {
            var dx = new Conv2DInputGradientOp(window, Depthwise: true).Apply(x[0], x[1]);
            return [dx, new Conv2DFilterGradientOp(window, Depthwise: true).Apply(dx.Sin(), x[0])];
        });
        Assert.DoesNotContain(names, name => name.Contains("InputGradient+FilterGradient", StringComparison.Ordinal));
    }

    private static List<string> Check(Tensor[] values, Func<Tensor[], Tensor[]> graph)
    {
        var function = Function.Compile(graph);
        var actual = function.CallAll(values);
        var expected = Function.Compile(graph).CallAll([.. values.Select(value => value.Cast(DType.Float64))]);
        for (var i = 0; i < expected.Length; i++)
        {
            double[] right = expected[i].ToArray<double>(), got = actual[i].Cast(DType.Float64).ToArray<double>();
            double largest = right.Max(Math.Abs), error = right.Zip(got, (a, b) => Math.Abs(a - b)).Max();
            Assert.True(error <= 1e-3 * largest, $"result {i}: {error} of {largest}");
        }
        return [.. function.Profile(values, runs: 1).Steps.Select(step => step.Name)];
    }

    // Smooth, so that float64 takes the same side of it.
    private static Tensor Active(Tensor x) => (x * 0.2f).Square() + x;

    private static Tensor Normalized(Tensor x, Tensor gamma, Tensor beta)
    {
        var (mean, variance) = x.Moments();
        return (x - mean).MultiplyAdd((variance + 1e-3).Rsqrt() * gamma, beta);
    }
}
