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

    [Fact]
    public void Float32_and_bfloat16_convert()
    {
        var narrow = Enumerable.Range(0, 65536).Select(bits => BFloat16.FromBits((ushort)bits)).ToArray();
        var widen = (nint)ElementwiseKernels.FindCast(DType.BFloat16, DType.Float32);
        var wide = BlockRunner.Run<float, BFloat16, BFloat16, BFloat16>(widen, narrow, null, null, narrow.Length);
        BlockRunner.SameBits([.. narrow.Select(number => (float)number)], wide);
        BlockRunner.CheckPlaces<float, BFloat16>(widen, narrow[16000..16700], null, null);

        // Around every number and every middle between two; then any bits.
        var random = new Random(5);
        var values = wide.SelectMany(value => new[] { 0, 1, 0x7fff, 0x8000, 0x8001, 0xffff }
            .Select(low => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) | (uint)low)))
            .Concat(Enumerable.Range(0, 1000).Select(_ => BitConverter.Int32BitsToSingle(random.Next()))).ToArray();
        var round = (nint)ElementwiseKernels.FindCast(DType.Float32, DType.BFloat16);
        BlockRunner.SameBits([.. values.Select(value => (BFloat16)value)], BlockRunner.Run<BFloat16, float, float, float>(round, values, null, null, values.Length));
        BlockRunner.CheckPlaces<BFloat16, float>(round, values[^700..], null, null);
        var inPlace = (nint)CastKernels.FindRounding();
        BlockRunner.SameBits([.. values.Select(value => (float)(BFloat16)value)], BlockRunner.Run<float, float, float, float>(inPlace, values, null, null, values.Length));
        BlockRunner.CheckPlaces<float, float>(inPlace, values[^700..], null, null);
    }

    [Fact]
    public void Widens_from_the_upper_half_of_its_own_memory()
    {
        for (var n = 0; n <= 130; n++)
        {
            var memory = new float[n];
            fixed (float* d = memory)
            {
                var upper = (BFloat16*)d + n;
                for (var i = 0; i < n; i++) upper[i] = (BFloat16)(i * 2 - 77);
                ElementwiseKernels.FindCast(DType.BFloat16, DType.Float32)(d, upper, null, null, n);
            }
            Assert.Equal(Enumerable.Range(0, n).Select(i => (float)(i * 2 - 77)), memory);
        }
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
