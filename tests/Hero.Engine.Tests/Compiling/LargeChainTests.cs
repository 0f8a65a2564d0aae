using Hero.Compiling;
using Hero.Ops;

namespace Hero.Engine.Tests.Compiling;

/// <summary>Chains over many elements: run as loops made at run time, and with values made again instead of kept.</summary>
public class LargeChainTests
{
    [Theory]
    [InlineData(40_000, 1)]
    [InlineData(40_007, 1)]
    [InlineData(401, 101)]
    [InlineData(50, 960)]
    [InlineData(3001, 13)]
    [InlineData(3301, 1001)] // past the caches
    public void A_chain_computes_what_its_operations_do_one_by_one(int rows, int columns)
    {
        Check<float>(rows, columns);
        Check<double>(rows, columns);
    }

    [Theory]
    [InlineData(40_009, 1)]
    [InlineData(20_011, 3)]
    [InlineData(2503, 16)]
    [InlineData(1709, 24)]
    [InlineData(1201, 33)]
    [InlineData(401, 96)]
    [InlineData(307, 128)]
    [InlineData(331, 129)]
    [InlineData(67, 576)]
    [InlineData(53, 1000)]
    [InlineData(6401, 512)] // asked for ahead
    public void Sums_of_a_chain_over_rows_are_those_of_its_values(int rows, int columns)
    {
        Sums<float>(rows, columns, 3e-7);
        Sums<double>(rows, columns, 1e-14);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Normalization_and_its_gradient_agree_with_operations_one_by_one(bool isResidual)
    {
        Shape shape = [4, 33, 33, 24];
        var random = new RandomGenerator(3);
        var values = new[] { random.Normal(shape), random.Normal([24]), random.Normal([24]), random.Normal(shape), random.Normal(shape) }.Select(x => x.Cast(DType.Float64)).ToArray();
        var together = Function.Compile((Tensor[] x) => Step(x, node => node)).CallAll(values);
        var alone = Step(values, node => Tensor.From<double>(node.ToArray<double>(), node.Shape));
        for (var i = 0; i < alone.Length; i++)
            foreach (var (expected, actual) in alone[i].ToArray<double>().Zip(together[i].ToArray<double>()))
                Assert.Equal(expected, actual, 1e-9 * Math.Max(1, Math.Abs(expected)));

        Tensor[] Step(Tensor[] x, Func<Tensor, Tensor> seal)
        {
            var (input, gamma, beta, shortcut, upstream) = (x[0], x[1], x[2], x[3], x[4]);
            var (mean, variance) = input.Moments();
            (mean, variance) = (seal(mean), seal(variance));
            var factor = seal((variance + 1e-3).Rsqrt());
            var centered = seal(input - mean);
            var y = seal(centered.MultiplyAdd(factor * gamma, beta));
            y = seal(isResidual ? (y + shortcut).Relu() : y.Relu6());
            // By hand: what Gradient makes of it is checked against differences elsewhere.
            var dy = seal(BinaryOp.Of(isResidual ? ScalarFunction.ReluGradient : ScalarFunction.Relu6Gradient, y, upstream));
            var (sum, product) = (seal(dy.Sum([0, 1, 2])), seal((dy * centered).Sum([0, 1, 2])));
            var count = (double)input.Size / 24;
            var dx = seal((dy - sum * (1 / count) - centered * (factor * factor * product * (1 / count))) * (factor * gamma));
            return [y.MaxPool2D((3, 3)), dx.Square(), sum, product, dy.Abs() + dx];
        }
    }

    [Fact]
    public void The_gradient_of_pooling_takes_that_of_the_activation_along()
    {
        var random = new RandomGenerator(7);
        var (x, b) = (random.Normal([8, 25, 24, 20]), random.Normal([20]));
        var together = Function.Compile((Tensor[] inputs) =>
        {
            var loss = (inputs[0] + inputs[1]).Relu().MaxPool2D((2, 2)).Square().Sum();
            return Gradient.Of(loss, inputs);
        }).CallAll(x, b);
        var y = Value((x + b).Relu());
        var pooled = Value(y.MaxPool2D((2, 2)));
        var dy = Value(new MaxPool2DGradientOp(((MaxPool2DOp)y.MaxPool2D((2, 2)).Op!).Window).Apply(y, pooled, Value(pooled * 2)));
        var dx = Value(BinaryOp.Of(ScalarFunction.ReluGradient, y, dy));
        Assert.Equal(dx.ToArray<float>(), together[0].ToArray<float>());
        foreach (var (expected, actual) in dx.Sum([0, 1, 2]).ToArray<float>().Zip(together[1].ToArray<float>())) Assert.Equal(expected, actual, 1e-5 * Math.Abs(expected) + 1e-5);

        static Tensor Value(Tensor node) => Tensor.From<float>(node.ToArray<float>(), node.Shape);
    }

    [Fact]
    public void What_follows_from_the_input_is_not_kept()
    {
        Shape shape = [2, 32, 32, 64];
        var w = new Variable(new RandomGenerator(1).Normal([1, 1, 64, 64]));
        var function = Function.Compile(x =>
        {
            var y = x.Conv2D(w);
            var (mean, variance) = y.Moments();
            return ((y - mean) * (variance + 1e-3).Rsqrt()).Relu6().Conv2D(w).Square().Mean();
        }, loss => [(w, w - 0.1f * Gradient.Of(loss, w))]);
        var plan = function.PlanFor(Tensor.Zeros(shape));
        // The first convolution's output, the activation, and the gradients of both convolutions' outputs: no mask (a quarter of one).
        Assert.True(plan.LivenessBound < 4.1 * shape.Size * sizeof(float), $"{plan.LivenessBound:N0} bytes live at one time");
    }

    private static void Check<T>(int rows, int columns) where T : unmanaged, System.Numerics.INumber<T>
    {
        Tensor Draw(Shape shape, int seed) => Tensor.From<T>([.. Sequence(shape.Size, seed).Select(value => T.CreateTruncating(value))], shape);
        Tensor[] values = [Draw([rows, columns], 1), Draw([rows, columns], 2), Draw([columns], 3), Draw([rows, 1], 4)];
        var function = Function.Compile((Tensor[] x) => Chain(x, node => node));
        var expected = Chain(values, node => Tensor.From<T>(node.ToArray<T>(), node.Shape));
        var actual = function.CallAll(values);
        for (var i = 0; i < actual.Length; i++)
            Assert.True(expected[i].ToArray<T>().AsSpan().SequenceEqual(actual[i].ToArray<T>()), $"output {i} of {rows} x {columns} differs");
    }

    private static void Sums<T>(int rows, int columns, double tolerance) where T : unmanaged, System.Numerics.INumber<T>
    {
        Tensor Draw(Shape shape, int seed) => Tensor.From<T>([.. Sequence(shape.Size, seed).Select(value => T.CreateTruncating(value))], shape);
        Tensor[] values = [Draw([rows, columns], 1), Draw([rows, columns], 2), Draw([columns], 3), Draw([1], 4)];
        var function = Function.Compile((Tensor[] x) =>
        {
            var y = (x[0] - x[2]).MultiplyAdd(x[1], x[3]).Relu();
            var z = y * x[0];
            return [y.Sum([0]), z.Sum([0]), x[1].Sum([0]), z];
        });
        var actual = function.CallAll(values);
        Assert.Contains(function.Profile(values, 1).Steps, step => step.Name.EndsWith("Sum+Sum+Sum", StringComparison.Ordinal));
        double[][] x = [.. values.Select(value => value.Cast(DType.Float64).ToArray<double>())];
        double[][] sums = [new double[columns], new double[columns], new double[columns]], sizes = [new double[columns], new double[columns], new double[columns]];
        for (var i = 0; i < rows * columns; i++)
        {
            var y = Math.Max(0, (x[0][i] - x[2][i % columns]) * x[1][i] + x[3][0]);
            foreach (var (k, value) in new[] { y, y * x[0][i], x[1][i] }.Index())
            {
                sums[k][i % columns] += value;
                sizes[k][i % columns] += Math.Abs(value);
            }
        }
        for (var k = 0; k < 3; k++)
            foreach (var (c, sum) in actual[k].Cast(DType.Float64).ToArray<double>().Index()) Assert.Equal(sums[k][c], sum, tolerance * sizes[k][c]);
    }

    private static Tensor[] Chain(Tensor[] x, Func<Tensor, Tensor> seal)
    {
        var (a, b, row, column) = (x[0], x[1], x[2], x[3]);
        var sum = seal(a + row);
        var product = seal(sum.MultiplyAdd(b, column));
        var y = seal(product.Relu6());
        var root = seal((seal(y.Square()) + 0.5).Sqrt());
        var quotient = seal(seal(-root) / seal(root.Maximum(b)));
        var exponential = seal(quotient.Exp()); // no part of a loop: cuts the chain in two
        var gradient = seal(BinaryOp.Of(ScalarFunction.Relu6Gradient, y, exponential));
        var clipped = seal(seal(gradient - a).Clip(-2, 0.75));
        return [y, exponential, seal(clipped.Minimum(root).Abs()), seal(BinaryOp.Of(ScalarFunction.ReluGradient, product, seal(clipped.Square()).Reciprocal()))];
    }

    private static IEnumerable<double> Sequence(long count, int seed)
    {
        var random = new Random(seed);
        for (long i = 0; i < count; i++) yield return random.NextDouble() * 4 - 1;
    }
}
