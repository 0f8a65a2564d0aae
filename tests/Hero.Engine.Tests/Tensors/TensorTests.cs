namespace Hero.Engine.Tests.Tensors;

public class TensorTests
{
    [Fact]
    public void Sums_of_bytes_and_truths_count_in_int64()
    {
        Assert.Equal([255_000L], Tensor.Full([1000, 1], 255, DType.UInt8).Sum(0).ToArray<long>());
        Assert.Equal(2, Tensor.From(new[] { true, false, true }).Sum().Item<long>());
    }

    [Fact]
    public void Numbers_and_shapes_too_large_are_named()
    {
        Assert.Contains("uint8 does not hold the number 1000", Assert.Throws<OverflowException>(() => Tensor.From(new byte[] { 1 }) + 1000).Message, StringComparison.Ordinal);
        Assert.Contains("(2147483647, 2147483647, 2147483647)", Assert.Throws<OverflowException>(() => new Shape(int.MaxValue, int.MaxValue, int.MaxValue).Size).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_go_in_and_come_out()
    {
        var x = Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Assert.Equal([2, 3], x.Shape.ToArray());
        Assert.Equal(DType.Float32, x.DType);
        Assert.Equal(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }, (float[,])x.ToMultidimensionalArray());
        Assert.Equal([1f, 2, 3, 4, 5, 6], x.ToArray<float>());
        Assert.Equal(21, x.Sum().Item<float>());
        Assert.Equal(21, x.Sum().Item<int>());
        var buffer = new float[7];
        x.CopyTo<float>(buffer);
        Assert.Equal([1f, 2, 3, 4, 5, 6, 0], buffer);
        Assert.Equal([true, false], Tensor.From(new[] { true, false }).ToArray<bool>());
        Assert.Empty(Tensor.From(Array.Empty<float>()).ToArray<float>());
    }

    [Fact]
    public void Operators_broadcast_as_numpy_does()
    {
        var x = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } });
        Assert.Equal([2f, 5f, 10f, 17f], (x * x + 1).ToArray<float>());
        Assert.Equal([11f, 22f, 13f, 24f], (x + Tensor.From(new float[] { 10, 20 })).ToArray<float>());
        Assert.Equal([11f, 12f, 23f, 24f], (x + Tensor.From(new float[,] { { 10 }, { 20 } })).ToArray<float>());
        Assert.Equal([1f, 0.5f], (1 / Tensor.From(new float[] { 1, 2 })).ToArray<float>());
        Assert.Equal([2f, 2f, 3f], Tensor.From(new float[] { 1, 2, 3 }).Maximum(2).ToArray<float>());
        Assert.Equal([false, true], (Tensor.From(new[] { 1, 3 }) > 2).ToArray<bool>());
        var error = Assert.Throws<ArgumentException>(() => Tensor.Ones([2, 3]) + Tensor.Ones([2]));
        Assert.Contains("(2, 3) and (2,)", error.Message);
    }

    [Theory]
    [InlineData(DType.UInt8, DType.Int32, DType.Int32)]
    [InlineData(DType.Int64, DType.Float32, DType.Float32)]
    [InlineData(DType.Float32, DType.Float64, DType.Float64)]
    [InlineData(DType.Bool, DType.UInt8, DType.UInt8)]
    public void Types_meet_at_the_wider_one(DType left, DType right, DType expected)
    {
        Assert.Equal(expected, (Tensor.Ones([2], left) * Tensor.Ones([2], right)).DType);
        Assert.Equal(expected, (Tensor.Ones([2], right) * Tensor.Ones([2], left)).DType);
    }

    [Fact]
    public void Numbers_take_the_type_of_the_tensor()
    {
        Assert.Equal(DType.Int32, (Tensor.Arange(3) + 1).DType);
        Assert.Equal(DType.Float32, (Tensor.Arange(3) * 0.5).DType);
        Assert.Equal(DType.Float64, (Tensor.Ones([2], DType.Float64) * 0.1).DType);
        Assert.Equal(DType.Float32, (Tensor.Arange(3) / 2).DType);
        Assert.Equal([0f, 0.5f, 1f], (Tensor.Arange(3) / 2).ToArray<float>());
    }

    [Fact]
    public void Indices_and_ranges_cut_as_numpy_does()
    {
        var x = Tensor.Arange(24).Reshape(2, 3, 4);
        Assert.Equal(Enumerable.Range(12, 12), x[1].ToArray<int>());
        Assert.Equal([3, 4], x[1].Shape.ToArray());
        Assert.Equal([4, 5, 6, 7], x[0, 1].ToArray<int>());
        Assert.Equal(23, x[^1, ^1, ^1].Item<int>());
        Assert.Equal(23, x[-1, -1, -1].Item<int>());
        Assert.Equal([1, 2, 13, 14], x[.., 0, 1..3].ToArray<int>());
        Assert.Equal([0, 2, 4, 6, 8, 10], x[0, .., TensorIndex.Every(2)].ToArray<int>());
        Assert.Equal([3, 2, 1, 0], x[0, 0, TensorIndex.Every(-1)].ToArray<int>());
        Assert.Equal([3, 1], x[0, 0, TensorIndex.Every(-2)].ToArray<int>());
        Assert.Equal([8, 4, 0], x.Flip(1)[0, .., 0].ToArray<int>());
        Assert.Equal(0, x[.., 3..].Size);
        Assert.Throws<ArgumentException>(() => x[0, 0, 0, 0]);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => x[2]);
        Assert.Contains("axis 0 of shape (2, 3, 4)", error.Message);
    }

    [Fact]
    public void Reshape_works_out_one_dimension()
    {
        Assert.Equal([4, 6], Tensor.Arange(24).Reshape(4, -1).Shape.ToArray());
        Assert.Equal([2, 1, 3], Tensor.Ones([2, 3]).ExpandDims(1).Shape.ToArray());
        Assert.Equal([2, 3, 1], Tensor.Ones([2, 3]).ExpandDims(-1).Shape.ToArray());
        Assert.Equal([2, 3], Tensor.Ones([1, 2, 1, 3]).Squeeze().Shape.ToArray());
        Assert.Contains("(5, -1)", Assert.Throws<ArgumentException>(() => Tensor.Arange(24).Reshape(5, -1)).Message);
        Assert.Throws<ArgumentException>(() => Tensor.Arange(24).Reshape(-1, -1));
        Assert.Throws<ArgumentException>(() => Tensor.Arange(24).Reshape(5, 5));
    }

    [Fact]
    public void Strided_views_compose_with_reshapes()
    {
        var x = Tensor.Arange(6).Reshape(2, 3);
        Assert.Equal([0, 3, 1, 4, 2, 5], x.Transpose().Reshape(6).ToArray<int>());
        Assert.Equal([0, 4, 3, 2, 1, 5], x.Transpose().Reshape(2, 3).Transpose().ToArray<int>());
        Assert.Equal([2, 1, 0, 5, 4, 3], x.Flip(1).ToArray<int>());
        Assert.Equal([10, 13, 11, 14, 12, 15], (x.Transpose().ExpandDims(0) + 10).ToArray<int>());
    }

    [Fact]
    public void Reductions_over_any_axes()
    {
        var x = Tensor.Arange(24, DType.Float32).Reshape(2, 3, 4);
        Assert.Equal(276, x.Sum().Item<float>());
        Assert.Equal([66f, 210f], x.Sum([1, 2]).ToArray<float>());
        Assert.Equal([60f, 92f, 124f], x.Sum([0, 2]).ToArray<float>());
        Assert.Equal([1, 3, 1], x.Max([0, 2], keepDims: true).Shape.ToArray());
        Assert.Equal([15f, 19f, 23f], x.Max([0, 2]).ToArray<float>());
        Assert.Equal([0f, 4f, 8f], x.Min([0, 2]).ToArray<float>());
        Assert.Equal([10f, 11f, 12f, 13f], x.Mean([0, 1]).ToArray<float>());
        Assert.Equal([2L, 2, 2, 2, 2, 2, 2, 2], x.ArgMax(1).ToArray<long>());
        Assert.Equal([3L, 3, 3, 3, 3, 3], x.ArgMax().ToArray<long>());
        Assert.Equal([0L, 0, 0, 0], x[0].ArgMin(0).ToArray<long>());
        Assert.Equal(2.5f, Tensor.From(new[] { 1, 4 }).Mean().Item<float>());
    }

    [Fact]
    public void Matrix_products_follow_numpy()
    {
        var x = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } });
        var v = Tensor.From(new float[] { 1, 10 });
        Assert.Equal([7f, 10f, 15f, 22f], x.MatMul(x).ToArray<float>());
        Assert.Equal([5f, 11f, 11f, 25f], x.MatMul(x.Transpose()).ToArray<float>());
        Assert.Equal([10f, 14f, 14f, 20f], x.Transpose().MatMul(x).ToArray<float>());
        Assert.Equal([21f, 43f], x.MatMul(v).ToArray<float>());
        Assert.Equal([31f, 42f], v.MatMul(x).ToArray<float>());
        Assert.Equal(101, v.MatMul(v).Item<float>());
        Assert.Equal(0, v.MatMul(v).Rank);
        Assert.Equal([3, 2, 2, 5], Tensor.Ones([3, 1, 2, 4]).MatMul(Tensor.Ones([2, 4, 5])).Shape.ToArray());
        Assert.Contains("(2, 3) and (2, 3)", Assert.Throws<ArgumentException>(() => Tensor.Ones([2, 3]).MatMul(Tensor.Ones([2, 3]))).Message);
    }

    [Fact]
    public void Gather_and_scatter_follow_numpy()
    {
        var x = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } });
        Assert.Equal([5f, 6, 1, 2], x.Gather(Tensor.From(new[] { -1, 0 })).ToArray<float>());
        Assert.Equal([2f, 4, 6], x.Gather(Tensor.From(new[] { 1 }), 1).ToArray<float>());
        Assert.Equal([3, 2, 2], x.Gather(Tensor.From(new[,] { { 0, 1 }, { 1, 0 } }), 1).Shape.ToArray());
        Assert.Equal([6f, 8, 3, 4], x.ScatterAdd(Tensor.From(new[] { 0, 1, 0 }), [2, 2]).ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Gather(Tensor.From(new[] { 3 })).ToArray<float>());
        Assert.Throws<ArgumentException>(() => x.Gather(Tensor.From(new[] { 1.0f })));
    }

    [Fact]
    public void Values_are_asked_for_in_their_own_type()
    {
        Assert.Contains("float32, asked for float64", Assert.Throws<InvalidCastException>(() => Tensor.Ones([2]).ToArray<double>()).Message);
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2]).Item<float>());
    }

    [Fact]
    public void A_variable_keeps_its_shape_and_type()
    {
        var w = new Variable(Tensor.Ones([2]), "kernel");
        var twice = w * 2;
        Assert.Equal([2f, 2f], twice.ToArray<float>());
        w.Assign(Tensor.From(new float[] { 3, 4 }));
        Assert.Equal([6f, 8f], twice.ToArray<float>());
        w.Assign(w + w);
        Assert.Equal([6f, 8f], w.ToArray<float>());
        Assert.Contains("'kernel' holds float32 (2,), got float32 (3,)", Assert.Throws<ArgumentException>(() => w.Assign(Tensor.Ones([3]))).Message);
    }

    [Fact]
    public void Deep_expressions_do_not_exhaust_the_stack()
    {
        var x = Tensor.Zeros([3]);
        for (var i = 0; i < 20000; i++) x += 1;
        Assert.Equal([20000f, 20000, 20000], x.ToArray<float>());
    }

    [Fact]
    public void A_product_over_no_elements_is_zero()
    {
        var (a, b) = (Tensor.Ones([2, 3, 0]), Tensor.Ones([0, 4]));
        Assert.Equal(new float[24], a.MatMul(b).ToArray<float>());
        Assert.Equal([2, 3, 4], a.MatMul(b).Shape.ToArray());
        Assert.Equal(new float[4], Tensor.Ones([0]).MatMul(b).ToArray<float>());
        Assert.Equal(0, Gradient.Of(a.MatMul(b), a).Size);
    }
}
