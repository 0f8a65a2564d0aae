using Hero.Compiling;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Blocks of mobile networks run as one step, and give what their convolutions one after the other give.</summary>
[Collection("threads")]
public class InvertedResidualTests
{
    /// <summary>batch, height, width, in channels (0: as many as wide, no widening), wide channels, out channels, kernel, stride.</summary>
    public static TheoryData<int, int, int, int, int, int, int, int> Cases => new()
    {
        { 1, 7, 7, 16, 96, 24, 3, 1 },
        { 1, 14, 14, 24, 144, 24, 3, 1 },
        { 1, 29, 31, 5, 37, 5, 3, 1 },
        { 1, 28, 28, 8, 80, 16, 3, 2 },
        { 1, 57, 13, 3, 48, 7, 3, 2 },
        { 1, 64, 9, 16, 160, 33, 3, 1 },
        { 3, 8, 5, 1, 1, 1, 3, 1 },
        { 9, 7, 7, 20, 70, 40, 3, 1 },
        { 9, 15, 12, 11, 35, 19, 3, 2 },
        { 17, 3, 2, 6, 300, 6, 3, 1 },
        { 2, 20, 17, 7, 29, 7, 5, 1 },
        { 8, 20, 17, 7, 29, 11, 5, 2 },
        { 1, 33, 18, 0, 32, 16, 3, 1 },
        { 4, 9, 10, 0, 13, 13, 3, 2 },
        { 1, 1, 1, 4, 6, 4, 3, 1 },
        { 1, 1, 1, 4, 6, 4, 3, 2 },
        { 1, 5, 2, 3, 17, 2, 3, 2 },
        { 2, 30, 23, 6, 33, 9, 3, 2 },
        { 1, 112, 112, 4, 40, 6, 3, 2 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Equals_the_convolutions_one_after_the_other(int batch, int height, int width, int inChannels, int wide, int outChannels, int kernel, int stride)
    {
        var problem = new InvertedResidualProblem(batch, height, width, inChannels, wide, outChannels, kernel, stride);
        var function = Function.Compile(problem.Block);
        Assert.Equal("InvertedResidual", Assert.Single(function.Profile([problem.X], 1).Steps).Name);
        var expected = problem.Block(problem.X).ToArray<float>();
        var actual = function.Call(problem.X).ToArray<float>();
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f * wide + 1e-5f * Math.Abs(expected[i]));
    }

    [Theory]
    [InlineData(1, 14, 14, 64, 384, 64, 1)]
    [InlineData(9, 13, 11, 40, 200, 40, 1)]
    [InlineData(2, 28, 27, 33, 65, 17, 2)]
    [InlineData(1, 7, 7, 40, 100, 130, 1)]
    [InlineData(3, 7, 5, 32, 45, 37, 1)]
    [InlineData(1, 14, 13, 33, 90, 70, 2)]
    [InlineData(1, 31, 14, 17, 50, 16, 2)]
    [InlineData(1, 56, 14, 24, 144, 24, 1)]
    public void In_medium_precision_pointwise_products_round_their_factors(int batch, int height, int width, int inChannels, int wide, int outChannels, int stride)
    {
        var numbers = new RandomGenerator(7);
        Variable Weights(params int[] shape) => new(numbers.Normal(shape));
        Variable first = Weights(1, 1, inChannels, wide), filter = Weights(3, 3, wide, 1), last = Weights(1, 1, wide, outChannels);
        Variable firstBias = Weights(wide), filterBias = Weights(wide), lastBias = Weights(outChannels);
        Tensor Block(Tensor a)
        {
            var y = (a.Conv2D(first) + firstBias).Relu();
            y = (y.DepthwiseConv2D(filter, (stride, stride), Padding.Same) + filterBias).Relu();
            return y.Conv2D(last) + lastBias;
        }
        var x = numbers.Normal([batch, height, width, inChannels]);
        var block = Function.Compile(Block);
        var exact = block.Call(x).ToArray<float>();
        using var medium = DefaultMatmulPrecision.Use(MatmulPrecision.Medium);
        for (var round = 0; round < 2; round++)
        {
            var rounded = block.Call(x).ToArray<float>();
            var error = Math.Sqrt(exact.Zip(rounded, (e, r) => Math.Pow(e - r, 2)).Sum() / exact.Sum(e => e * (double)e));
            if (TileUnit.IsSupported) Assert.InRange(error, 1e-4, 1e-2);
            else Assert.Equal(0, error);
            // Weights packed before are not used when the variable has got others.
            first.Assign(first * 2);
            using (DefaultMatmulPrecision.Use(MatmulPrecision.Highest)) exact = block.Call(x).ToArray<float>();
        }
        Assert.Equal("InvertedResidual", Assert.Single(block.Profile([x], 1).Steps).Name);
    }

    [Theory]
    [InlineData(10, 70, 1, MatmulPrecision.Highest)]
    [InlineData(10, 70, 2, MatmulPrecision.Highest)]
    [InlineData(40, 200, 1, MatmulPrecision.Medium)]
    [InlineData(40, 400, 2, MatmulPrecision.Medium)]
    [InlineData(300, 70, 1, MatmulPrecision.Medium)]
    public void Neither_threads_nor_the_batch_show_in_the_numbers(int narrow, int wide, int stride, MatmulPrecision precision)
    {
        using var scope = DefaultMatmulPrecision.Use(precision);
        var numbers = new RandomGenerator(5);
        Variable Weights(params int[] shape) => new(numbers.Normal(shape));
        Variable first = Weights(1, 1, narrow, wide), filter = Weights(3, 3, wide, 1), last = Weights(1, 1, wide, narrow);
        Variable firstBias = Weights(wide), filterBias = Weights(wide), lastBias = Weights(narrow);
        var block = Function.Compile(a =>
        {
            var wider = (a.Conv2D(first) + firstBias).Relu6();
            var y = (wider.DepthwiseConv2D(filter, (stride, stride), Padding.Same) + filterBias).Relu6().Conv2D(last) + lastBias;
            return stride == 1 ? a + y : y;
        });
        var x = numbers.Normal([9, 21, 13, narrow]).ToArray<float>();
        var size = 21 * 13 * narrow;
        Tensor Pictures(int from, int count) => Tensor.From<float>(x.AsSpan(from * size, count * size), [count, 21, 13, narrow]);

        var before = Threads.Count;
        try
        {
            var expected = block.Call(Pictures(0, 9)).ToArray<float>();
            var result = expected.Length / 9;
            foreach (var threads in new[] { 1, 2, 3, 4 })
            {
                Threads.Count = threads;
                Assert.Equal(expected, block.Call(Pictures(0, 9)).ToArray<float>());
                for (var i = 0; i < 9; i++) Assert.Equal(expected[(i * result)..((i + 1) * result)], block.Call(Pictures(i, 1)).ToArray<float>());
                Assert.Equal(expected[(2 * result)..(5 * result)], block.Call(Pictures(2, 3)).ToArray<float>());
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void A_value_inside_that_others_read_keeps_the_block_apart()
    {
        var numbers = new RandomGenerator(6);
        Variable first = new(numbers.Normal([1, 1, 4, 8])), filter = new(numbers.Normal([3, 3, 8, 1])), last = new(numbers.Normal([1, 1, 8, 4])), bias = new(numbers.Normal([8]));
        var x = numbers.Normal([2, 5, 5, 4]);
        Tensor[] Values(Tensor a)
        {
            var wide = (a.Conv2D(first) + bias).Relu6();
            var y = ((wide.DepthwiseConv2D(filter, padding: Padding.Same) + bias).Relu6().Conv2D(last) + first.Mean([0, 1, 3]));
            return [y, wide];
        }
        var results = Function.Compile(inputs => Values(inputs[0])).CallAll(x);
        foreach (var (expected, actual) in Values(x).Zip(results))
            foreach (var (e, a) in expected.ToArray<float>().Zip(actual.ToArray<float>())) Assert.Equal(e, a, 1e-4f);
    }

    [Fact]
    public void Not_a_number_stays_so()
    {
        var numbers = new RandomGenerator(8);
        Variable first = new(numbers.Normal([1, 1, 4, 8])), filter = new(numbers.Normal([3, 3, 8, 1])), last = new(numbers.Normal([1, 1, 8, 4])), bias = new(numbers.Normal([8])), end = new(numbers.Normal([4]));
        var block = Function.Compile(a => (((a.Conv2D(first) + bias).Relu6().DepthwiseConv2D(filter) + bias).Relu6().Conv2D(last) + end));
        var values = new float[5 * 3 * 4];
        values[0] = float.NaN;
        var result = block.Call(Tensor.From(values, [1, 5, 3, 4])).ToArray<float>();
        Assert.All(result[..4], value => Assert.True(float.IsNaN(value)));
        Assert.All(result[4..], value => Assert.False(float.IsNaN(value)));
    }
}
