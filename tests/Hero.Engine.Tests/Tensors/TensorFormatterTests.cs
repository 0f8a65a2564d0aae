namespace Hero.Engine.Tests.Tensors;

/// <summary>Expected texts are those of NumPy's str().</summary>
public class TensorFormatterTests
{
    [Fact]
    public void Prints_as_numpy()
    {
        Assert.Equal("[1. 2. 3.]", Tensor.From(new float[] { 1, 2, 3 }).ToString());
        Assert.Equal("[[1 2]\n [3 4]]", Tensor.From(new[,] { { 1, 2 }, { 3, 4 } }).ToString());
        Assert.Equal("[ 0.5 -1.  10. ]", Tensor.From(new[] { 0.5, -1, 10 }).ToString());
        Assert.Equal("[ True False]", Tensor.From(new[] { true, false }).ToString());
        Assert.Equal("3.5", Tensor.From(3.5f).ToString());
        Assert.Equal("30.0", Tensor.From(30f).ToString());
        Assert.Equal("0.1", Tensor.From(0.1f).ToString());
        Assert.Equal("0.3333333333333333", Tensor.From(1.0 / 3).ToString());
        Assert.Equal("-1e-05", Tensor.From(-1e-5f).ToString());
        Assert.Equal("1.5e+20", Tensor.From(1.5e20).ToString());
        Assert.Equal("nan", Tensor.From(float.NaN).ToString());
        Assert.Equal("7", Tensor.From(7).ToString());
        Assert.Equal("[1.e+00 1.e-05]", Tensor.From(new[] { 1, 1e-5f }).ToString());
        Assert.Equal("[nan inf  1.]", Tensor.From(new[] { float.NaN, float.PositiveInfinity, 1 }).ToString());
        Assert.Equal("[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]", Tensor.Arange(8).Reshape(2, 2, 2).ToString());
        Assert.Equal("[   0    1    2 ... 1997 1998 1999]", Tensor.Arange(2000).ToString());
        Assert.Equal("[]", Tensor.Zeros([0]).ToString());
    }
}
