using System.Numerics;
using Hero.Cpu.Kernels;

namespace Hero.Engine.Tests.Cpu.Kernels;

public unsafe class CastTests
{
    private static readonly double[] Values =
        [0, -0.0, 1, -1, 2.5, -2.5, 254.9, 255, 256, 300, -300, 1e9, 3e9, -3e9, 1e19, -1e19, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.1];

    [Fact]
    public void Every_pair_of_types_converts()
    {
        From<float>(DType.Float32);
        From<double>(DType.Float64);
        From<int>(DType.Int32);
        From<long>(DType.Int64);
        From<byte>(DType.UInt8);
        From<byte>(DType.Bool);
    }

    private static void From<T>(DType from) where T : unmanaged, INumber<T>
    {
        To<T, float>(from, DType.Float32);
        To<T, double>(from, DType.Float64);
        To<T, int>(from, DType.Int32);
        To<T, long>(from, DType.Int64);
        To<T, byte>(from, DType.UInt8);
        To<T, byte>(from, DType.Bool);
    }

    private static void To<TFrom, TTo>(DType from, DType to) where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        var kernel = (nint)ElementwiseKernels.FindCast(from, to);
        var x = Enumerable.Range(0, 256).Select(i => from == DType.Bool ? TFrom.CreateChecked(i % 2) : TFrom.CreateSaturating(Values[i * 7 % Values.Length])).ToArray();
        for (var n = 0; n <= x.Length; n++)
        {
            var y = BlockRunner.Run<TTo, TFrom, TFrom, TFrom>(kernel, x, null, null, n);
            for (var i = 0; i < n; i++)
            {
                var expected = from == to ? TTo.CreateTruncating(x[i])
                    : to == DType.Bool ? TTo.CreateChecked(x[i] != TFrom.Zero ? 1 : 0)
                    : from is DType.Float32 or DType.Float64 ? TTo.CreateSaturating(x[i])
                    : TTo.CreateTruncating(x[i]);
                Assert.True(Equals(expected, y[i]), $"{from} {x[i]} to {to}: {y[i]}, expected {expected}");
            }
        }
        BlockRunner.CheckPlaces<TTo, TFrom>(kernel, x, null, null);
    }
}
