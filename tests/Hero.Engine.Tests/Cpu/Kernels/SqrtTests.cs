using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Square roots are the nearest float32, which is what the processor's own instruction gives.</summary>
public sealed class SqrtTests
{
    private static unsafe nint Kernel => (nint)ElementwiseKernels.Find(ScalarFunction.Sqrt, DType.Float32);

    [Fact]
    public void Every_fraction_with_an_even_and_an_odd_exponent_is_rounded_correctly()
    {
        const int count = 1 << 20;
        var x = new float[count];
        for (var block = 0; block < 16; block++)
        {
            for (var i = 0; i < count; i++) x[i] = BitConverter.Int32BitsToSingle(0x3f800000 + block * count + i);
            Check(x);
        }
    }

    [Fact]
    public void Every_exponent_is_rounded_correctly()
    {
        var random = new Random(1);
        var x = new float[256 * 1024];
        for (var i = 0; i < x.Length; i++) x[i] = BitConverter.Int32BitsToSingle((i / 1024 << 23) + random.Next(1 << 23));
        Check(x);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.Epsilon)]
    [InlineData(float.MaxValue)]
    [InlineData(-float.Epsilon)]
    public void One_lane_that_is_special_changes_no_other(float special)
    {
        for (var place = 0; place < 16; place++)
        {
            var x = new float[16];
            for (var i = 0; i < x.Length; i++) x[i] = i == place ? special : 1 + i / 7f;
            Check(x);
        }
    }

    private static void Check(float[] x)
    {
        var y = BlockRunner.Run<float, float, float, float>(Kernel, x, null, null, x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = (float)Math.Sqrt(x[i]);   // double has bits enough for this to be the nearest
            if (float.IsNaN(expected) ? !float.IsNaN(y[i]) : BitConverter.SingleToInt32Bits(expected) != BitConverter.SingleToInt32Bits(y[i]))
                Assert.Fail($"sqrt({x[i]:R}) is {y[i]:R}, expected {expected:R}");
        }
    }
}
