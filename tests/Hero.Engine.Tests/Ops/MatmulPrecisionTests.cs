using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Engine.Tests.Ops;

public sealed class MatmulPrecisionTests
{
    // 1 + 1/512 needs 10 significant bits: bfloat16 has 8 and makes it 1.
    private const float Fine = 1 + 1f / 512;

    // What a product of ones with Fine gives, by precision, at a size that the unit takes.
    private static float Rounded => TileUnit.IsSupported ? 1 : Fine;

    private static Tensor Ones => Tensor.Ones([64, 64]) / 64;

    private static Tensor Finely => Tensor.Full([64, 64], Fine);

    [Fact]
    public void Products_are_float32_unless_asked_otherwise()
    {
        Assert.Equal(MatmulPrecision.Highest, DefaultMatmulPrecision.Current);
        Assert.Equal(Fine, Ones.MatMul(Finely)[0, 0].Item<float>());
        Assert.Equal(Fine, Ones.MatMul(Finely, MatmulPrecision.High)[0, 0].Item<float>(), 1e-5f);
    }

    [Fact]
    public void One_product_can_have_its_own_precision() =>
        Assert.Equal(Rounded, Ones.MatMul(Finely, MatmulPrecision.Medium)[0, 0].Item<float>());

    [Fact]
    public void Gradients_have_the_precision_of_their_product()
    {
        var x = Ones;
        var gradient = Gradient.Of(x.MatMul(Finely, MatmulPrecision.Medium).Sum(), x);
        Assert.Equal(64 * Rounded, gradient[0, 0].Item<float>());
    }

    [Fact]
    public void Convolutions_and_both_their_gradients_have_it_too()
    {
        Tensor x = Tensor.Full([4, 8, 8, 16], Fine), filter = Tensor.Ones([3, 3, 16, 16]) / 128;
        var y = x.Conv2D(filter, precision: MatmulPrecision.Medium);
        var second = x.Conv2D(filter);
        Assert.NotEqual(TileUnit.IsSupported, y[0, 0, 0, 0].Item<float>() == second[0, 0, 0, 0].Item<float>());

        var (medium, highest) = (Gradient.Of(y.Square().Sum(), [x, filter]), Gradient.Of(second.Square().Sum(), [x, filter]));
        for (var i = 0; i < 2; i++)
        {
            float[] rounded = medium[i].ToArray<float>(), exact = highest[i].ToArray<float>();
            Assert.NotEqual(TileUnit.IsSupported, rounded.SequenceEqual(exact));
            for (var j = 0; j < exact.Length; j++) Assert.Equal(exact[j], rounded[j], Math.Abs(exact[j]) * 0.02f);
        }
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("simple rnn")]
    [InlineData("unrolled")]
    public void Recurrences_and_their_gradients_have_it_too(string name)
    {
        RecurrentCell cell = name switch { "lstm" => new LstmCell(), "gru" => new GruCell(), "simple rnn" => new SimpleRnnCell(), _ => new GruCell(ResetAfter: false) };
        const int units = 96;
        var random = new RandomGenerator(3);
        Tensor[] given = [random.Normal([4, 16, cell.Gates * units]), random.Normal([units, cell.Gates * units]) / 10, random.Normal([cell.Gates * units]), random.Normal([cell.States, 16, units])];
        float[][] Values(MatmulPrecision precision)
        {
            var states = Recurrence.Run(cell, new(given[0], given[1], given[2], given[3], null), willDifferentiate: true, precision);
            return [.. Gradient.Of(states.Square().Sum(), given).Prepend(states).Select(value => value.ToArray<float>())];
        }
        var (medium, highest) = (Values(MatmulPrecision.Medium), Values(MatmulPrecision.Highest));
        for (var i = 0; i < medium.Length; i++)
        {
            Assert.NotEqual(TileUnit.IsSupported, medium[i].SequenceEqual(highest[i]));
            var size = highest[i].Max(MathF.Abs);
            for (var j = 0; j < medium[i].Length; j++) Assert.Equal(highest[i][j], medium[i][j], 0.02f * size);
        }
    }

    [Fact]
    public void High_stays_within_a_hundred_thousandth_of_double_in_products_and_pointwise_convolutions_and_their_gradients()
    {
        var random = new RandomGenerator(5);
        Tensor a = random.Normal([1030, 1040]), b = random.Normal([1040, 1027]), x = random.Normal([6, 14, 13, 1030]), filter = random.Normal([1, 1, 1030, 1029]);
        Compare(a, b, (left, right, precision) => left.MatMul(right, precision));
        Compare(x, filter, (left, right, precision) => left.Conv2D(right, precision: precision));

        static void Compare(Tensor left, Tensor right, Func<Tensor, Tensor, MatmulPrecision, Tensor> multiply)
        {
            var exact = Values(left.Cast(DType.Float64), right.Cast(DType.Float64), MatmulPrecision.Highest);
            var sizes = Values(left.Abs().Cast(DType.Float64), right.Abs().Cast(DType.Float64), MatmulPrecision.Highest);
            var high = Values(left, right, MatmulPrecision.High);
            var highest = Values(left, right, MatmulPrecision.Highest);
            for (var i = 0; i < 3; i++)
            {
                Assert.NotEqual(TileUnit.IsFast, high[i].SequenceEqual(highest[i]));
                for (var j = 0; j < high[i].Length; j++) Assert.Equal(exact[i][j], high[i][j], 1.2e-5 * sizes[i][j]);
            }

            // The product, and the sums of products that its gradients are, for an upstream of ones.
            double[][] Values(Tensor one, Tensor other, MatmulPrecision precision)
            {
                var product = multiply(one, other, precision);
                return [.. Gradient.Of(product.Sum(), [one, other]).Prepend(product).Select(value => value.Cast(DType.Float64).ToArray<double>())];
            }
        }
    }

    [Fact]
    public void A_function_called_under_another_precision_is_traced_anew_and_keeps_its_plans()
    {
        var traces = 0;
        var function = Function.Compile((x, y) =>
        {
            traces++;
            return x.MatMul(y);
        });
        Assert.Equal(Fine, function.Call(Ones, Finely)[0, 0].Item<float>());
        using (DefaultMatmulPrecision.Use(MatmulPrecision.Medium))
            for (var i = 0; i < 2; i++) Assert.Equal(Rounded, function.Call(Ones, Finely)[0, 0].Item<float>());
        Assert.Equal(Fine, function.Call(Ones, Finely)[0, 0].Item<float>());
        Assert.Equal(2, traces);
    }

    [Fact]
    public void Uses_nest_and_end_and_cannot_be_overridden_by_the_setting_for_all()
    {
        using (DefaultMatmulPrecision.Use(MatmulPrecision.Medium))
        {
            using (DefaultMatmulPrecision.Use(MatmulPrecision.High)) Assert.Equal(MatmulPrecision.High, DefaultMatmulPrecision.Current);
            Assert.Equal(MatmulPrecision.Medium, DefaultMatmulPrecision.Current);
            var error = Assert.Throws<InvalidOperationException>(() => DefaultMatmulPrecision.Current = MatmulPrecision.Highest);
            Assert.Contains("Medium", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(MatmulPrecision.Highest, DefaultMatmulPrecision.Current);
    }

    [Fact]
    public void Double_precision_stays_double()
    {
        var product = Ones.Cast(DType.Float64).MatMul(Finely.Cast(DType.Float64), MatmulPrecision.Medium);
        Assert.Equal(Fine, product[0, 0].Item<double>());
    }

    [Theory]
    [InlineData(null, MatmulPrecision.Highest)]
    [InlineData("", MatmulPrecision.Highest)]
    [InlineData("highest", MatmulPrecision.Highest)]
    [InlineData("High", MatmulPrecision.High)]
    [InlineData(" medium ", MatmulPrecision.Medium)]
    public void The_environment_names_a_precision(string? text, MatmulPrecision expected) => Assert.Equal(expected, DefaultMatmulPrecision.Parse(text));

    [Fact]
    public void Other_names_and_values_are_refused()
    {
        Assert.Contains("\"bfloat16\"", Assert.Throws<FormatException>(() => DefaultMatmulPrecision.Parse("bfloat16")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => DefaultMatmulPrecision.Use((MatmulPrecision)7));
    }
}
