using Hero.Compiling;
using Hero.Ops;

namespace Hero.Engine.Tests.Ops;

/// <summary>Gradients against central differences in a random direction, in float64, to the first and the second order.</summary>
public class GradientTests
{
    private const double Step = 1e-5;

    public static TheoryData<string> Names => [.. GradientCheckTable.Cases.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void First_derivative_is_the_slope(string name)
    {
        var row = GradientCheckTable.Cases.Single(row => row.Name == name);
        Check(row, Function.Compile((Tensor[] x) => [Weighted(row.Function(x), 1), .. Gradient.Of(Weighted(row.Function(x), 1), x)]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Second_derivative_is_the_slope_of_the_first(string name)
    {
        var row = GradientCheckTable.Cases.Single(row => row.Name == name);
        Check(row, Function.Compile((Tensor[] x) =>
        {
            var first = Gradient.Of(Weighted(row.Function(x), 1), x);
            var slope = first.Select((gradient, i) => Weighted(gradient, i + 2)).Aggregate((a, b) => a + b);
            return [slope, .. Gradient.Of(slope, x)];
        }));
    }

    [Fact]
    public void Every_operation_is_in_the_table()
    {
        var seen = new HashSet<Type>();
        foreach (var row in GradientCheckTable.Cases)
        {
            var inputs = row.Shapes.Select(shape => new Tensor(DType.Float64, shape, null)).ToArray();
            var output = row.Function(inputs).Sum();
            // The first derivative's operations are differentiated by the second-order check.
            foreach (var node in new Graph(inputs, [output, .. Gradient.Of(output, inputs)], []).Nodes)
                if (node.Op is not null) seen.Add(node.Op.GetType());
        }
        var missing = typeof(Op).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract)
            .Except(seen).Except(GradientCheckTable.WithoutGradient).Select(type => type.Name);
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_function_with_a_rule_is_in_the_table()
    {
        var seen = new HashSet<ScalarFunction>();
        foreach (var row in GradientCheckTable.Cases)
        {
            var inputs = row.Shapes.Select(shape => new Tensor(DType.Float64, shape, null)).ToArray();
            foreach (var node in new Graph(inputs, [row.Function(inputs)], []).Nodes)
                if (node.Op is ScalarOp { Function: { } function }) seen.Add(function);
        }
        // Steps, tests and integers have no slope.
        ScalarFunction[] flat =
        [
            ScalarFunction.Sign, ScalarFunction.Floor, ScalarFunction.Ceil, ScalarFunction.Round, ScalarFunction.LogicalNot, ScalarFunction.IsNaN,
            ScalarFunction.IsFinite, ScalarFunction.FloorDivide, ScalarFunction.Equal, ScalarFunction.NotEqual, ScalarFunction.Less,
            ScalarFunction.LessEqual, ScalarFunction.Greater, ScalarFunction.GreaterEqual, ScalarFunction.LogicalAnd, ScalarFunction.LogicalOr,
            ScalarFunction.LogicalXor,
        ];
        Assert.Empty(Enum.GetValues<ScalarFunction>().Except(seen).Except(flat));
    }

    [Fact]
    public void What_does_not_depend_has_a_gradient_of_zero()
    {
        var x = new Variable(Tensor.Ones([2, 3]));
        var y = new Variable(Tensor.Ones([4]));
        Assert.Equal(new float[4], Gradient.Of(x.Sum(), y).ToArray<float>());
    }

    private static void Check(GradientCase row, Function function)
    {
        var random = new Random(11);
        double[] Draw(Shape shape, double low, double high) => [.. Enumerable.Range(0, (int)shape.Size).Select(_ => low + (high - low) * random.NextDouble())];
        var at = row.Shapes.Select(shape => Draw(shape, row.Low, row.High)).ToArray();
        var direction = row.Shapes.Select(shape => Draw(shape, -1, 1)).ToArray();
        Tensor[] Shifted(double step) => [.. row.Shapes.Select((shape, i) => Tensor.From<double>([.. at[i].Zip(direction[i], (x, d) => x + step * d)], shape))];

        var results = function.CallAll(Shifted(0));
        var analytic = 0.0;
        for (var i = 0; i < row.Shapes.Length; i++) analytic += results[i + 1].ToArray<double>().Zip(direction[i], (g, d) => g * d).Sum();
        var numeric = (function.CallAll(Shifted(Step))[0].Item<double>() - function.CallAll(Shifted(-Step))[0].Item<double>()) / (2 * Step);
        Assert.True(Math.Abs(analytic - numeric) <= 2e-7 * Math.Max(1, Math.Abs(numeric)), $"{row.Name}: gradient gives {analytic}, differences give {numeric}");
    }

    /// <summary>A scalar that weighs every element differently, so that no error cancels.</summary>
    private static Tensor Weighted(Tensor x, int seed)
    {
        var random = new Random(seed);
        return (x * Tensor.From<double>([.. Enumerable.Range(0, (int)x.Size).Select(_ => 0.5 + random.NextDouble())], x.Shape)).Sum();
    }
}
