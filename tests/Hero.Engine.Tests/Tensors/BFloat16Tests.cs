namespace Hero.Engine.Tests.Tensors;

public class BFloat16Tests
{
    [Fact]
    public void Rounds_to_the_nearest_and_halves_to_the_even_one()
    {
        // Between 1 and 2 the numbers are 1/128 apart.
        Assert.Equal(1f, (BFloat16)(1 + 1f / 512));
        Assert.Equal(1f, (BFloat16)(1 + 1f / 256));
        Assert.Equal(1 + 1f / 64, (BFloat16)(1 + 3f / 256));
        Assert.Equal(1 + 1f / 128, (BFloat16)MathF.BitIncrement(1 + 1f / 256));
        Assert.Equal(-1 - 1f / 64, (BFloat16)(-1 - 3f / 256));
        Assert.Equal(float.PositiveInfinity, (BFloat16)float.MaxValue);
        Assert.Equal(0x7f7f, ((BFloat16)3.39e38f).ToBits());
        Assert.Equal(0x8000, ((BFloat16)(-0f)).ToBits());
        Assert.Equal(0x0001, ((BFloat16)1e-40f).ToBits());
    }

    [Fact]
    public void Not_a_number_stays_none_whatever_its_payload()
    {
        foreach (var bits in (uint[])[0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff, 0x7fc00000])
            Assert.True(float.IsNaN((BFloat16)BitConverter.UInt32BitsToSingle(bits)));
    }

    [Fact]
    public void Every_number_survives_the_way_through_float_and_text()
    {
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var number = BFloat16.FromBits((ushort)bits);
            if (float.IsNaN(number)) continue;
            Assert.Equal(bits, ((BFloat16)(float)number).ToBits());
            Assert.Equal((float)number, (float)(BFloat16)float.Parse(number.ToString(), System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Tensors_hold_them()
    {
        var x = Tensor.From(new[] { 1f, 0.1f, -3.14159f }).Cast(DType.BFloat16);
        Assert.Equal(DType.BFloat16, x.DType);
        Assert.Equal([(BFloat16)1f, (BFloat16)0.1f, (BFloat16)(-3.14159f)], x.ToArray<BFloat16>());
        Assert.Equal([1f, 0.100097656f, -3.140625f], x.ToArray<float>());
        Assert.Equal("[ 1.    0.1  -3.14]", x.ToString());
        Assert.Equal(0.1, x[1].Item<double>(), 3);
        Assert.Equal(0.100097656f, x[1].Item<float>());
        Assert.Equal(x.ToArray<BFloat16>(), Tensor.From(x.ToArray<BFloat16>()).ToArray<BFloat16>());
        Assert.Equal(2f, (float)((BFloat16[,])Tensor.Full([2, 2], 2, DType.BFloat16).ToMultidimensionalArray())[1, 1]);
        Assert.Throws<InvalidCastException>(() => x.ToArray<double>());
    }

    [Fact]
    public void Types_that_meet_go_to_the_wider_one_and_plain_numbers_follow()
    {
        var x = Tensor.Ones([2], DType.BFloat16);
        Assert.Equal(DType.BFloat16, (x * 0.5 + 1).DType);
        Assert.Equal(DType.BFloat16, (x + Tensor.Ones([2], DType.Int64)).DType);
        Assert.Equal(DType.Float32, (x + Tensor.Ones([2])).DType);
        Assert.Equal(DType.Float64, (x * Tensor.Ones([2], DType.Float64)).DType);
        Assert.Equal(DType.BFloat16, x.Mean().DType);
        Assert.Equal(DType.Bool, (x > 0).DType);
    }
}
