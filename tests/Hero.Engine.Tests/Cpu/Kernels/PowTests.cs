using System.Numerics;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Powers against the base library's: in units in the last place where they are numbers, bit by bit where IEEE 754 names the result.</summary>
public unsafe class PowTests
{
    private static readonly double[] Special =
        [0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 2.5, -2.5, 1e30, -1e30, 16777215, -16777217, 4e15 + 1, double.PositiveInfinity, double.NegativeInfinity, double.NaN];

    [Fact]
    public void Special_cases_are_the_standards()
    {
        var (a, b) = (Special.SelectMany(_ => Special).ToArray(), Special.SelectMany(x => Enumerable.Repeat(x, Special.Length)).ToArray());
        CheckSpecial(a, b, DType.Float64);
        CheckSpecial(Array.ConvertAll(a, x => (float)x), Array.ConvertAll(b, x => (float)x), DType.Float32);
    }

    [Fact]
    public void Float_is_within_2_units_of_double_precision()
    {
        var (a, b) = Operands(40_000, 1e-45, 3e38, 150);
        var (x, y) = (Array.ConvertAll(a, v => (float)v), Array.ConvertAll(b, v => (float)v));
        var got = Run(x, y, DType.Float32);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = Math.Pow(x[i], y[i]);
            if ((float)expected == got[i]) continue;
            var unit = Math.Max(float.Epsilon, (double)MathF.BitIncrement((float)Math.Abs(expected)) - (float)Math.Abs(expected));
            Assert.True(Math.Abs(got[i] - expected) <= 2 * unit, $"{x[i]:R} ^ {y[i]:R} = {got[i]:R}, expected {expected:R}");
        }
    }

    [Fact]
    public void Double_is_within_3_units_of_the_base_library()
    {
        var (a, b) = Operands(40_000, 5e-324, 1.7e308, 1070);
        var got = Run(a, b, DType.Float64);
        for (var i = 0; i < a.Length; i++)
        {
            var expected = Math.Pow(a[i], b[i]);
            if (expected.Equals(got[i])) continue;
            var unit = Math.Max(double.Epsilon, Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected));
            Assert.True(Math.Abs(got[i] - expected) <= 3 * unit, $"{a[i]:R} ^ {b[i]:R} = {got[i]:R}, expected {expected:R}");
        }
    }

    [Fact]
    public void Whole_powers_of_negative_numbers_have_their_sign()
    {
        foreach (var power in new[] { -3.0, -2, -1, 1, 2, 3, 4, 5, 101 })
            Assert.Equal(Math.Pow(-1.5, power), Run([-1.5], [power], DType.Float64)[0], Math.Abs(Math.Pow(1.5, power)) * 1e-15);
    }

    [Fact]
    public void An_element_is_the_same_wherever_it_stands()
    {
        var (a, b) = Operands(290, 1e-30, 1e30, 30);
        BlockRunner.CheckPlaces<float, float>((nint)ElementwiseKernels.Find(ScalarFunction.Pow, DType.Float32), Array.ConvertAll(a, x => (float)x), Array.ConvertAll(b, x => (float)x), null);
        BlockRunner.CheckPlaces<double, double>((nint)ElementwiseKernels.Find(ScalarFunction.Pow, DType.Float64), a, b, null);
    }

    /// <summary>Bases over the whole range, a third of them near 1; exponents that bring results over it, and small whole ones.</summary>
    private static (double[] A, double[] B) Operands(int count, double least, double greatest, double bits)
    {
        var random = new Random(11);
        double[] a = new double[count], b = new double[count];
        for (var i = 0; i < count; i++)
        {
            a[i] = i % 3 == 0
                ? 1 + (random.NextDouble() - 0.5) * Math.Pow(2, -random.Next(0, 20))
                : Math.Exp(Math.Log(least) + random.NextDouble() * (Math.Log(greatest) - Math.Log(least)));
            b[i] = i % 4 == 0 ? random.Next(-12, 13) : (random.NextDouble() * 2 - 1) * bits / Math.Max(1e-6, Math.Abs(Math.Log2(a[i])));
        }
        return (a, b);
    }

    private static void CheckSpecial<T>(T[] a, T[] b, DType type) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var got = Run(a, b, type);
        for (var i = 0; i < a.Length; i++)
        {
            var expected = T.Pow(a[i], b[i]);
            var isNamed = expected == T.Zero || !T.IsFinite(expected) || T.Abs(expected) == T.One;
            var tolerance = isNamed ? T.Zero : T.Abs(expected) * T.CreateChecked(type == DType.Float32 ? 3e-7 : 6e-16);
            Assert.True(
                T.IsNaN(expected) ? T.IsNaN(got[i]) : T.IsInfinity(expected) ? got[i] == expected : T.Abs(got[i] - expected) <= tolerance && T.IsNegative(got[i]) == T.IsNegative(expected),
                $"{a[i]} ^ {b[i]} = {got[i]}, expected {expected}");
        }
    }

    private static T[] Run<T>(T[] a, T[] b, DType type) where T : unmanaged =>
        BlockRunner.Run<T, T, T, T>((nint)ElementwiseKernels.Find(ScalarFunction.Pow, type), a, b, null, a.Length);
}
