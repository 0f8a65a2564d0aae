using Hero;

namespace Samples;

/// <summary>The code of docs/architecture.md, run.</summary>
public class ArchitectureSamples
{
    [Fact]
    public void Linear_regression_in_one_function()
    {
        Tensor x = new RandomGenerator(1).Normal([20, 3]), y = x.MatMul(Tensor.From([1f, 2, 3]));

        var w = new Variable(Tensor.Zeros([3]));
        var step = Function.Compile(
            (x, y) => (x.MatMul(w) - y).Square().Mean(),
            updates: loss => [(w, w - 0.1f * Gradient.Of(loss, w))]);
        step.Call(x, y);

        for (var i = 0; i < 200; i++) step.Call(x, y);
        Assert.Equal([1f, 2, 3], w.ToArray<float>().Select(value => MathF.Round(value, 3)));
    }
}
