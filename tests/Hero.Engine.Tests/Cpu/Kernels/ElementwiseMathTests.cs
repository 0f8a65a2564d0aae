using System.Numerics;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Functions of one floating operand against double precision, in units in the last place.</summary>
public unsafe class ElementwiseMathTests
{
    private static readonly Dictionary<ScalarFunction, (Func<double, double> Reference, double Low, double High, double Ulps)> Table = new()
    {
        [ScalarFunction.Negate] = (x => -x, -1e30, 1e30, 0),
        [ScalarFunction.Abs] = (Math.Abs, -1e30, 1e30, 0),
        [ScalarFunction.Sign] = (x => double.IsNaN(x) ? x : x > 0 ? 1 : x < 0 ? -1 : x, -3, 3, 0),
        [ScalarFunction.Exp] = (Math.Exp, -80, 80, 2),
        [ScalarFunction.Expm1] = (Expm1, -20, 80, 3),
        [ScalarFunction.Log] = (Math.Log, 0, 1e6, 2),
        [ScalarFunction.Log1p] = (Log1p, -0.99, 100, 3),
        [ScalarFunction.Sqrt] = (Math.Sqrt, 0, 1e6, 0.6),
        [ScalarFunction.Rsqrt] = (x => 1 / Math.Sqrt(x), 1e-6, 1e6, 1.6),
        [ScalarFunction.Reciprocal] = (x => 1 / x, -100, 100, 0.6),
        [ScalarFunction.Square] = (x => x * x, -100, 100, 0.6),
        [ScalarFunction.Sin] = (Math.Sin, -5000, 5000, 2),
        [ScalarFunction.Cos] = (Math.Cos, -5000, 5000, 2),
        [ScalarFunction.Tan] = (Math.Tan, -1.5, 1.5, 4),
        [ScalarFunction.Tanh] = (Math.Tanh, -12, 12, 4),
        [ScalarFunction.Sigmoid] = (x => 1 / (1 + Math.Exp(-x)), -80, 80, 4),
        [ScalarFunction.Erf] = (Erf, -7, 7, 4),
        [ScalarFunction.Softplus] = (x => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x))), -80, 80, 5),
        [ScalarFunction.Relu] = (x => x < 0 ? 0 : x, -3, 3, 0),
        [ScalarFunction.Relu6] = (x => x < 0 ? 0 : x > 6 ? 6 : x, -10, 10, 0),
        [ScalarFunction.Floor] = (Math.Floor, -100, 100, 0),
        [ScalarFunction.Ceil] = (Math.Ceiling, -100, 100, 0),
        [ScalarFunction.Round] = (x => Math.Round(x, MidpointRounding.ToEven), -100, 100, 0),
    };

    public static TheoryData<string> Functions => [.. Table.Keys.Select(x => x.ToString())];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Float_agrees_with_double_precision(string name)
    {
        var function = Enum.Parse<ScalarFunction>(name);
        var (reference, low, high, ulps) = Table[function];
        var x = Inputs<float>(low, high);
        var y = BlockRunner.Run<float, float, float, float>((nint)ElementwiseKernels.Find(function, DType.Float32), x, null, null, x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = reference(x[i]);
            if (Same(expected, y[i], (float)expected)) continue;
            var ulp = Math.Abs((double)MathF.BitIncrement(Math.Abs((float)expected)) - Math.Abs((float)expected));
            Assert.True(Math.Abs(y[i] - expected) <= Math.Max(ulps, 0.5) * ulp, $"{name}({x[i]:R}) = {y[i]:R}, expected {expected:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Double_agrees_with_the_base_library(string name)
    {
        var function = Enum.Parse<ScalarFunction>(name);
        var (reference, low, high, ulps) = Table[function];
        var x = Inputs<double>(low, high);
        var y = BlockRunner.Run<double, double, double, double>((nint)ElementwiseKernels.Find(function, DType.Float64), x, null, null, x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = reference(x[i]);
            if (Same(expected, y[i], expected)) continue;
            var ulp = Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected);

            // The reference itself is a few units off where it is composed of several functions.
            Assert.True(Math.Abs(y[i] - expected) <= 2 * ulps * ulp, $"{name}({x[i]:R}) = {y[i]:R}, expected {expected:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void An_elements_place_does_not_change_its_bits(string name)
    {
        var function = Enum.Parse<ScalarFunction>(name);
        var (_, low, high, _) = Table[function];
        var x = Inputs<double>(low, high);
        var random = new Random(5);
        random.Shuffle(x);
        x = x[..300];
        BlockRunner.CheckPlaces<double, double>((nint)ElementwiseKernels.Find(function, DType.Float64), x, null, null);
        BlockRunner.CheckPlaces<float, float>(
            (nint)ElementwiseKernels.Find(function, DType.Float32), Array.ConvertAll(x, v => (float)v), null, null);
    }

    [Fact]
    public void Whole_numbers_and_bytes_have_the_arithmetic_ones()
    {
        int[] x = [0, 1, -1, 5, -7, int.MaxValue, int.MinValue, 100, 3, 4, 5, 6, 7, 8, 9, 10, -11];
        Check(ScalarFunction.Negate, v => unchecked(-v));
        Check(ScalarFunction.Abs, v => v == int.MinValue ? v : Math.Abs(v));
        Check(ScalarFunction.Sign, Math.Sign);
        Check(ScalarFunction.Square, v => unchecked(v * v));
        Check(ScalarFunction.Relu, v => Math.Max(v, 0));
        Check(ScalarFunction.Relu6, v => Math.Clamp(v, 0, 6));
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(v => (byte)v)];
        var signs = BlockRunner.Run<byte, byte, byte, byte>((nint)ElementwiseKernels.Find(ScalarFunction.Sign, DType.UInt8), bytes, null, null, 256);
        Assert.Equal(bytes.Select(v => (byte)(v > 0 ? 1 : 0)), signs);
        Assert.True(ElementwiseKernels.Find(ScalarFunction.Exp, DType.Int32) == null);
        Assert.True(ElementwiseKernels.Find(ScalarFunction.Add, DType.Bool) == null);

        void Check(ScalarFunction function, Func<int, int> reference)
        {
            Assert.Equal(x.Select(reference), BlockRunner.Run<int, int, int, int>((nint)ElementwiseKernels.Find(function, DType.Int32), x, null, null, x.Length));
            var wide = Array.ConvertAll(x, v => (long)v / 2);
            var y = BlockRunner.Run<long, long, long, long>((nint)ElementwiseKernels.Find(function, DType.Int64), wide, null, null, x.Length);
            if (function != ScalarFunction.Square) Assert.Equal(wide.Select(v => (long)reference((int)v)), y);
            BlockRunner.CheckPlaces<int, int>((nint)ElementwiseKernels.Find(function, DType.Int32), x, null, null);
        }
    }

    [Fact]
    public void What_is_too_small_to_calculate_with_is_flushed_to_zero()
    {
        var (single, number) = (MathF.ScaleB(1, -126 + 16), Math.ScaleB(1, -1022 + 16));
        float[] x = [single, -single, MathF.BitDecrement(single), -MathF.BitDecrement(single), 1e-40f, float.Epsilon, 0, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        Assert.Equal([single, -single, 0, 0, 0, 0, 0, float.NaN, float.PositiveInfinity, float.NegativeInfinity], Run(DType.Float32, x));
        double[] y = [number, -number, Math.BitDecrement(number), -Math.BitDecrement(number), 1e-320, double.Epsilon, 0, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        Assert.Equal([number, -number, 0, 0, 0, 0, 0, double.NaN, double.PositiveInfinity, double.NegativeInfinity], Run(DType.Float64, y));

        static T[] Run<T>(DType type, T[] x) where T : unmanaged
        {
            // Once in registers, once as what is left over.
            var many = Enumerable.Repeat(x, 10).SelectMany(value => value).ToArray();
            var all = BlockRunner.Run<T, T, T, T>((nint)ElementwiseKernels.Find(ScalarFunction.FlushToZero, type), many, null, null, many.Length);
            Assert.Equal(Enumerable.Repeat(all[..x.Length], 10).SelectMany(value => value), all);
            return all[..x.Length];
        }
    }

    [Fact]
    public void Ends_of_the_range_are_right()
    {
        Check(ScalarFunction.Exp, [-1e30, -745.2, 709.9, 1e30], [0, 0, double.PositiveInfinity, double.PositiveInfinity]);
        Check(ScalarFunction.Log, [0, -0.0, -1, double.NegativeInfinity, 5e-324], [double.NegativeInfinity, double.NegativeInfinity, double.NaN, double.NaN, Math.Log(5e-324)]);
        Check(ScalarFunction.Log1p, [-1, -2, -0.0, 1e-320, double.PositiveInfinity], [double.NegativeInfinity, double.NaN, -0.0, 1e-320, double.PositiveInfinity]);
        Check(ScalarFunction.Expm1, [-0.0, -1e30, 1e30, 1e-320], [-0.0, -1, double.PositiveInfinity, 1e-320]);
        Check(ScalarFunction.Tanh, [-0.0, -1e30, 1e30, 1e-320], [-0.0, -1, 1, 1e-320]);
        Check(ScalarFunction.Erf, [-0.0, -1e30, 1e30], [-0.0, -1, 1]);
        Check(ScalarFunction.Sin, [-0.0, 1e22, double.PositiveInfinity], [-0.0, Math.Sin(1e22), double.NaN]);
        Check(ScalarFunction.Cos, [-0.0, 1e22, double.PositiveInfinity], [1, Math.Cos(1e22), double.NaN]);
        Check(ScalarFunction.Tan, [-0.0, 1e22], [-0.0, Math.Tan(1e22)]);
        Check(ScalarFunction.Softplus, [-1e30, 1e30], [0, 1e30]);
        Check(ScalarFunction.Sigmoid, [-1e30, 1e30], [0, 1]);

        static void Check(ScalarFunction function, double[] x, double[] expected)
        {
            var y = BlockRunner.Run<double, double, double, double>((nint)ElementwiseKernels.Find(function, DType.Float64), x, null, null, x.Length);
            BlockRunner.SameBits(expected.Select(Canonical).ToArray(), y.Select(Canonical).ToArray());
        }

        static double Canonical(double x) => double.IsNaN(x) ? double.NaN : x;
    }

    private static bool Same(double expected, double actual, double rounded) =>
        (double.IsNaN(expected) && double.IsNaN(actual)) || actual == rounded;

    private static T[] Inputs<T>(double low, double high) where T : unmanaged, INumber<T>
    {
        var random = new Random(11);
        var x = new List<double>
        {
            0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-30, -1e-30,
            1e-3, -1e-3, 1e-40, Math.PI, Math.PI / 2, 0.875, 0.874999,
        };
        for (var i = 0; i < 20000; i++) x.Add(low + (high - low) * random.NextDouble());
        for (var i = 0; i < 5000; i++) x.Add(Math.Clamp((random.NextDouble() - 0.5) * Math.Pow(10, -random.Next(0, 8)), low, high));
        return [.. x.Select(T.CreateSaturating)];
    }

    /// <summary>Kahan: the error of exp cancels in the quotient.</summary>
    private static double Expm1(double x)
    {
        var u = Math.Exp(x);
        if (u == 1) return x;
        return Math.Abs(x) > 1 ? u - 1 : (u - 1) * x / Math.Log(u);
    }

    private static double Log1p(double x)
    {
        var u = 1 + x;
        if (u == 1) return x;
        return double.IsFinite(u) && u > 0 ? Math.Log(u) * x / (u - 1) : Math.Log(u);
    }

    /// <summary>
    /// Up to 1.3: 2/sqrt(pi) e^-x^2 sum of 2^n x^(2n+1) / (1 * 3 ... (2n+1)), all terms of one sign; beyond, one less Laplace's
    /// continued fraction for erfc.
    /// </summary>
    private static double Erf(double x)
    {
        if (double.IsNaN(x) || double.IsInfinity(x)) return Math.Max(-1, Math.Min(1, x));
        var a = Math.Abs(x);
        if (a > 1.3)
        {
            var tail = 0.0;
            for (var k = 300; k > 0; k--) tail = k / 2.0 / (a + tail);
            return Math.CopySign(1 - Math.Exp(-a * a) / Math.Sqrt(Math.PI) / (a + tail), x);
        }
        double term = x, sum = x;
        for (var n = 1; n < 100; n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
