using Hero.Compiling;

namespace Hero.Engine.Tests.Ops;

/// <summary>bfloat16 results are float32's on the same, rounded, inputs, but for the rounding of what lies in memory on the way.</summary>
public class BFloat16OpsTests
{
    // That row mixes its input with float64 values of its own.
    public static TheoryData<string> Names => [.. GradientCheckTable.Cases.Select(row => row.Name).Where(name => name != "max pooling's places")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_operation_agrees_with_float32(string name)
    {
        var row = GradientCheckTable.Cases.Single(row => row.Name == name);
        var function = Function.Compile((Tensor[] x) => [row.Function(x)]);
        var narrow = Inputs(row);
        Agree(function.Call([.. narrow.Select(x => x.Cast(DType.Float32))]), function.Call(narrow), 0.02);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_have_their_primals_type_and_agree_with_float32(string name)
    {
        var row = GradientCheckTable.Cases.Single(row => row.Name == name);
        var function = Function.Compile((Tensor[] x) => Gradient.Of(row.Function(x), x));
        var narrow = Inputs(row);
        var gradients = function.CallAll(narrow);
        var expected = function.CallAll([.. narrow.Select(x => x.Cast(DType.Float32))]);
        for (var i = 0; i < gradients.Length; i++)
        {
            Assert.Equal(DType.BFloat16, gradients[i].DType);
            Agree(expected[i], gradients[i], 0.04);
        }
    }

    [Fact]
    public void A_single_operation_rounds_once()
    {
        var x = Draw(1, [1001]);
        var y = Draw(2, [1001]);
        Same((x.Cast(DType.Float32) * y.Cast(DType.Float32)).Cast(DType.BFloat16), x * y);
        Same(x.Cast(DType.Float32).Exp().Cast(DType.BFloat16), x.Exp());
        Same(x.Cast(DType.Float32).Sum().Cast(DType.BFloat16), x.Sum());
        Same(x.Cast(DType.Float32).Mean().Cast(DType.BFloat16), x.Mean());
        Same(x.Cast(DType.Float32).Softmax().Cast(DType.BFloat16), x.Softmax());
    }

    [Fact]
    public void A_chain_keeps_float32_between_its_operations_and_a_cast_rounds()
    {
        var x = Tensor.Full([100], 1, DType.BFloat16);
        // 1 + 1/256 has no bfloat16; between two operations it is kept all the same.
        Assert.All((x + 1.0 / 256 - 1).ToArray<float>(), value => Assert.Equal(1f / 256, value));
        var y = Tensor.Full([100], 1 + 1.0 / 256);
        Assert.All((y.Cast(DType.BFloat16).Cast(DType.Float32) - 1).ToArray<float>(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Chains_read_broadcast_transposed_and_repeated_values()
    {
        var x = Draw(3, [37, 53]);
        var row = Draw(4, [53]);
        var column = Draw(5, [37, 1]);
        var other = Draw(6, [53, 37]);
        Same(Chain(x.Cast(DType.Float32), row.Cast(DType.Float32), column.Cast(DType.Float32), other.Cast(DType.Float32)).Cast(DType.BFloat16), Chain(x, row, column, other));

        static Tensor Chain(Tensor x, Tensor row, Tensor column, Tensor other) => (x + row) * column - other.Transpose() + x[0, 0];
    }

    [Theory]
    [InlineData(300, 40)]
    [InlineData(1001, 41)]
    [InlineData(64, 1000)]
    public void Values_that_are_stored_and_read_on_and_reduced_agree(int rows, int columns)
    {
        var x = Draw(7, [rows, columns]);
        var function = Function.Compile((Tensor[] inputs) =>
        {
            var y = (inputs[0] * 3).Relu();
            var z = y + 1;
            var cut = (z * 1.625).Cast(DType.BFloat16).Cast(DType.Float32);
            return [y, z, z.Sum(0), (z * z).Sum(), inputs[0].Sum(0), inputs[0].Max(0), (cut * 2).Cast(inputs[0].DType), inputs[0] + inputs[0][0], (inputs[0] > 0).Cast(inputs[0].DType) * z];
        });
        var narrow = function.CallAll(x);
        var wide = function.CallAll(x.Cast(DType.Float32));
        for (var i = 0; i < wide.Length; i++) Same(wide[i].Cast(DType.BFloat16), narrow[i]);
    }

    [Theory]
    [InlineData(65, 130, 47)]
    [InlineData(128, 32, 256)]
    [InlineData(3, 5, 7)]
    public void Products_sum_in_float32_and_hand_on_bfloat16(int m, int k, int n)
    {
        var (a, b, c) = (Draw(1, [m, k]), Draw(2, [k, n]), Draw(3, [n]));
        var function = Function.Compile((Tensor[] x) =>
        {
            var y = x[0].MatMul(x[1]) + x[2];
            return [y.Relu(), .. Gradient.Of(y, x), x[1].Transpose().MatMul(x[0].Transpose())];
        });
        var narrow = function.CallAll(a, b, c);
        var wide = function.CallAll([.. new[] { a, b, c }.Select(x => x.Cast(DType.Float32))]);
        for (var i = 0; i < wide.Length; i++)
        {
            Assert.Equal(DType.BFloat16, narrow[i].DType);
            Agree(wide[i], narrow[i], 0.005);
        }
    }

    [Fact]
    public void Gradients_of_float32_weights_are_not_rounded()
    {
        var x = Draw(4, [64, 96]);
        var w = new Variable(Draw(5, [96, 80]).Cast(DType.Float32));
        var gradient = Function.Compile((Tensor[] inputs) => [Gradient.Of((inputs[0].MatMul(w.Cast(DType.BFloat16)).Cast(DType.Float32) * inputs[1]).Sum(), w)]);
        var dy = Draw(6, [64, 80]).Cast(DType.Float32);
        var expected = x.Cast(DType.Float32).Transpose().MatMul(dy).ToArray<float>();
        var actual = gradient.Call(x, dy);
        Assert.Equal(DType.Float32, actual.DType);
        Assert.All(expected.Zip(actual.ToArray<float>()), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-4));
    }

    [Fact]
    public void Variables_are_updated_in_place()
    {
        var v = new Variable(Tensor.Full([5000], 1, DType.BFloat16));
        var step = Function.Compile(() => v.Sum(), _ => [(v, v * 2 + v)]);
        step.Call();
        step.Call();
        Assert.All(v.ToArray<float>(), value => Assert.Equal(9, value));
    }

    [Fact]
    public void Dropout_drops_what_it_drops_of_float32()
    {
        var x = Draw(9, [40_007]);
        var state = Tensor.From(new long[] { 7, 3 });
        Same(new Hero.Ops.DropoutOp(0.3f).Apply(x.Cast(DType.Float32), state).Cast(DType.BFloat16), new Hero.Ops.DropoutOp(0.3f).Apply(x, state));
    }

    [Theory]
    [InlineData(5, 7, 11)]
    [InlineData(64, 64, 16)]
    [InlineData(7, 9, 2050)]
    public void Moments_are_float32(int batch, int steps, int channels)
    {
        var x = Draw(8, [batch, steps, channels], 100);
        var (mean, variance) = x.Moments();
        var (wideMean, wideVariance) = x.Cast(DType.Float32).Moments();
        Assert.Equal(DType.Float32, mean.DType);
        Assert.Equal(wideMean.ToArray<float>(), mean.ToArray<float>());
        Assert.Equal(wideVariance.ToArray<float>(), variance.ToArray<float>());
    }

    private static Tensor Draw(int seed, Shape shape, double mean = 0) =>
        Tensor.From<BFloat16>(new RandomGenerator(seed).Normal(shape, mean).Cast(DType.BFloat16).ToArray<BFloat16>(), shape);

    private static Tensor[] Inputs(GradientCase row) =>
        [.. row.Shapes.Select((shape, i) => new RandomGenerator(100 + i).Uniform(shape, row.Low, row.High).Cast(DType.BFloat16))];

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.ToArray<float>(), actual.ToArray<float>());
    }

    private static void Agree(Tensor expected, Tensor actual, double tolerance)
    {
        var (wide, narrow) = (expected.Cast(DType.Float32).ToArray<float>(), actual.Cast(DType.Float32).ToArray<float>());
        var largest = wide.Max(MathF.Abs);
        for (var i = 0; i < wide.Length; i++)
            Assert.True(Math.Abs(wide[i] - narrow[i]) <= tolerance * Math.Max(largest, 1e-3), $"element {i}: {narrow[i]}, expected {wide[i]} (largest {largest})");
    }
}
