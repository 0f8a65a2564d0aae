namespace Hero.Engine.Tests.Compiling;

[Collection("threads")]
public class DeterminismTests
{
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void Training_gives_the_same_bits_with_any_number_of_threads(DType type)
    {
        var before = Threads.Count;
        try
        {
            var results = new[] { 1, 2, 4, 3 }.Select(threads => Train(threads, type)).ToArray();
            foreach (var result in results) Assert.Equal(results[0], result);
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void Ten_thousand_steps_hold_memory_flat()
    {
        var w = new Variable(Tensor.Zeros([32, 8]));
        var random = new RandomGenerator(1);
        var step = Function.Compile(
            x => (x.Dropout(0.5, random).MatMul(w) - 1).Square().Mean(),
            updates: loss => [(w, w - 0.01 * Gradient.Of(loss, w))]);
        var x = Tensor.Ones([64, 32]);
        long Held()
        {
            for (var i = 0; i < 5000; i++) step.Call(x);
            return GC.GetTotalMemory(forceFullCollection: true);
        }
        var first = Held();
        Assert.InRange(Held() - first, long.MinValue, 1 << 20);
    }

    /// <summary>A convolutional network large enough that every kernel cuts its work.</summary>
    private static byte[] Train(int threads, DType type)
    {
        Threads.Count = threads;
        var random = new RandomGenerator(3);
        Variable[] weights =
        [
            new(random.Normal([3, 3, 1, 16], 0, 0.2)), new(Tensor.Zeros([16])), new(random.Normal([3, 3, 16, 1], 0, 0.2)),
            new(random.Normal([1, 1, 16, 24], 0, 0.2)), new(random.Normal([6 * 6 * 24, 10], 0, 0.05)), new(Tensor.Zeros([10])),
        ];
        var step = Function.Compile(
            (x, y) =>
            {
                var w = weights.Select(weight => weight.Cast(type)).ToArray();
                var h = (x.Cast(type).Conv2D(w[0]) + w[1]).Relu().DepthwiseConv2D(w[2], padding: "same").MaxPool2D((2, 2), padding: "same");
                var (mean, variance) = h.Moments();
                h = ((h - mean) * (variance + 1e-3).Rsqrt()).Cast(type).Dropout(0.2, random);
                h = h.Conv2D(w[3], (2, 2)).Relu().AveragePool2D((2, 2), (1, 1), "same").Reshape(-1, 6 * 6 * 24);
                return (h.MatMul(w[4]) + w[5]).Cast(DType.Float32).SoftmaxCrossEntropy(y).Mean();
            },
            updates: loss => weights.Zip(Gradient.Of(loss, weights), (weight, gradient) => ((Variable, Tensor))(weight, weight - 0.1 * gradient)));
        var labels = Tensor.From(Enumerable.Range(0, 96).Select(i => i % 10).ToArray());
        for (var i = 0; i < 4; i++) step.Call(random.Uniform([96, 26, 26, 1]), labels);
        return [.. weights.SelectMany(weight => System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(weight.ToArray<float>()).ToArray())];
    }
}
