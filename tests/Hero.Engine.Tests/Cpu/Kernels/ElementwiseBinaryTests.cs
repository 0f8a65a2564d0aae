using System.Numerics;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>Functions of two and three operands and conversions against plain loops; all are exact.</summary>
public unsafe class ElementwiseBinaryTests
{
    private static readonly double[] Values =
        [0, -0.0, 1, -1, 2.5, -2.5, 7, -7, 3, -3, 0.1, 1e10, -1e10, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 255, 6, 100];

    [Fact]
    public void Float32_agrees_with_plain_loops() => CheckFloating<float>(DType.Float32);

    [Fact]
    public void Float64_agrees_with_plain_loops() => CheckFloating<double>(DType.Float64);

    [Fact]
    public void Int32_agrees_with_plain_loops() => CheckNumbers<int>(DType.Int32);

    [Fact]
    public void Int64_agrees_with_plain_loops() => CheckNumbers<long>(DType.Int64);

    [Fact]
    public void UInt8_agrees_with_plain_loops() => CheckNumbers<byte>(DType.UInt8);

    [Fact]
    public void Bool_has_logic()
    {
        CheckBinary<byte, byte>(ScalarFunction.LogicalAnd, DType.Bool, (a, b) => Truth(a != 0 && b != 0));
        CheckBinary<byte, byte>(ScalarFunction.LogicalOr, DType.Bool, (a, b) => Truth(a != 0 || b != 0));
        CheckBinary<byte, byte>(ScalarFunction.LogicalXor, DType.Bool, (a, b) => Truth((a != 0) != (b != 0)));
        CheckBinary<byte, byte>(ScalarFunction.LogicalNot, DType.Bool, (a, _) => Truth(a == 0));
        CheckBinary<byte, byte>(ScalarFunction.Equal, DType.Bool, (a, b) => Truth(a == b));
        CheckWhere<byte>(DType.Bool);
    }

    private static void CheckFloating<T>(DType type) where T : unmanaged, INumber<T>, IFloatingPointIeee754<T>
    {
        CheckNumbers<T>(type);
        CheckBinary<T, T>(ScalarFunction.Divide, type, (a, b) => a / b);
        CheckBinary<T, T>(ScalarFunction.ReluGradient, type, (a, b) => a > T.Zero ? b : T.Zero);
        CheckBinary<T, T>(ScalarFunction.Relu6Gradient, type, (a, b) => a > T.Zero && a < T.CreateChecked(6) ? b : T.Zero);
        CheckBinary<T, byte>(ScalarFunction.IsNaN, type, (a, _) => Truth(T.IsNaN(a)));
        CheckBinary<T, byte>(ScalarFunction.IsFinite, type, (a, _) => Truth(T.IsFinite(a)));
    }

    private static void CheckNumbers<T>(DType type) where T : unmanaged, INumber<T>
    {
        CheckBinary<T, T>(ScalarFunction.Add, type, (a, b) => a + b);
        CheckBinary<T, T>(ScalarFunction.Subtract, type, (a, b) => a - b);
        CheckBinary<T, T>(ScalarFunction.Multiply, type, (a, b) => a * b);
        CheckBinary<T, T>(ScalarFunction.Maximum, type, (a, b) => T.IsNaN(a) ? a : T.IsNaN(b) || b > a ? b : a);
        CheckBinary<T, T>(ScalarFunction.Minimum, type, (a, b) => T.IsNaN(a) ? a : T.IsNaN(b) || b < a ? b : a);
        CheckBinary<T, byte>(ScalarFunction.Equal, type, (a, b) => Truth(a == b));
        CheckBinary<T, byte>(ScalarFunction.NotEqual, type, (a, b) => Truth(a != b));
        CheckBinary<T, byte>(ScalarFunction.Less, type, (a, b) => Truth(a < b));
        CheckBinary<T, byte>(ScalarFunction.LessEqual, type, (a, b) => Truth(a <= b));
        CheckBinary<T, byte>(ScalarFunction.Greater, type, (a, b) => Truth(a > b));
        CheckBinary<T, byte>(ScalarFunction.GreaterEqual, type, (a, b) => Truth(a >= b));
        CheckTernary<T>(ScalarFunction.MultiplyAdd, type, MultiplyAdd);
        CheckTernary<T>(ScalarFunction.Clip, type, (x, low, high) => Least(Greatest(x, low), high));
        CheckWhere<T>(type);

        static T Greatest(T a, T b) => T.IsNaN(a) ? a : T.IsNaN(b) || b > a ? b : a;

        static T Least(T a, T b) => T.IsNaN(a) ? a : T.IsNaN(b) || b < a ? b : a;
    }

    [Theory]
    [InlineData(7, 3, 1, 2)]
    [InlineData(-7, 3, 2, -3)]
    [InlineData(7, -3, -2, -3)]
    [InlineData(-7, -3, -1, 2)]
    [InlineData(6, 3, 0, 2)]
    [InlineData(-6, 3, 0, -2)]
    public void Modulo_and_floor_divide_round_down(double a, double b, double modulo, double quotient)
    {
        Check<float>(DType.Float32);
        Check<double>(DType.Float64);
        Check<int>(DType.Int32);
        Check<long>(DType.Int64);
        if (a > 0 && b > 0) Check<byte>(DType.UInt8);

        void Check<T>(DType type) where T : unmanaged, INumber<T>
        {
            Assert.Equal(T.CreateChecked(modulo), Two(ScalarFunction.Modulo, type, T.CreateChecked(a), T.CreateChecked(b)));
            Assert.Equal(T.CreateChecked(quotient), Two(ScalarFunction.FloorDivide, type, T.CreateChecked(a), T.CreateChecked(b)));
        }
    }

    [Fact]
    public void Modulo_and_floor_divide_survive_the_corners()
    {
        Assert.Equal(0, Two(ScalarFunction.Modulo, DType.Int32, 5, 0));
        Assert.Equal(0, Two(ScalarFunction.FloorDivide, DType.Int32, 5, 0));
        Assert.Equal(0, Two(ScalarFunction.Modulo, DType.Int32, int.MinValue, -1));
        Assert.Equal(int.MinValue, Two(ScalarFunction.FloorDivide, DType.Int32, int.MinValue, -1));
        Assert.Equal(long.MinValue, Two(ScalarFunction.FloorDivide, DType.Int64, long.MinValue, -1));
        Assert.Equal((byte)254, Two(ScalarFunction.Modulo, DType.UInt8, (byte)254, (byte)255));
        Assert.Equal((byte)1, Two(ScalarFunction.FloorDivide, DType.UInt8, (byte)255, (byte)255));
        Assert.Equal(double.NaN, Two(ScalarFunction.Modulo, DType.Float64, 5.0, 0.0));
        Assert.Equal(double.PositiveInfinity, Two(ScalarFunction.FloorDivide, DType.Float64, 5.0, 0.0));
        Assert.Equal(double.PositiveInfinity, Two(ScalarFunction.Modulo, DType.Float64, -1.0, double.PositiveInfinity));
        Assert.Equal(-1.0, Two(ScalarFunction.FloorDivide, DType.Float64, -1.0, double.PositiveInfinity));
        Assert.Equal(9.0, Two(ScalarFunction.FloorDivide, DType.Float64, 1.0, 0.1));
    }

    [Fact]
    public void Modulo_and_floor_divide_are_exact_in_float32() => CheckDivision<float>(DType.Float32, 24, float.BitIncrement, float.BitDecrement);

    [Fact]
    public void Modulo_and_floor_divide_are_exact_in_float64() => CheckDivision<double>(DType.Float64, 53, double.BitIncrement, double.BitDecrement);

    [Fact]
    public void Modulo_and_floor_divide_are_exact_in_int32()
    {
        var random = new Random(3);
        int[] corners = [0, 1, -1, 2, -2, 3, int.MaxValue, int.MinValue, int.MinValue + 1, int.MaxValue - 1];
        var a = new int[3001];
        var b = new int[a.Length];
        for (var i = 0; i < a.Length; i++)
        {
            a[i] = i < 100 ? corners[i / 10] : random.Next(int.MinValue, int.MaxValue) >> random.Next(31);
            b[i] = i < 100 ? corners[i % 10] : random.Next(int.MinValue, int.MaxValue) >> random.Next(31);
        }
        var (modulo, quotient) = (Both(ScalarFunction.Modulo), Both(ScalarFunction.FloorDivide));
        for (var i = 0; i < a.Length; i++)
        {
            var floor = b[i] == 0 ? 0 : (long)Math.Floor((decimal)a[i] / b[i]);
            Assert.Equal((int)floor, quotient[i]);
            Assert.Equal(b[i] == 0 ? 0 : (int)(a[i] - floor * b[i]), modulo[i]);
        }

        int[] Both(ScalarFunction function) => BlockRunner.Run<int, int, int, int>((nint)ElementwiseKernels.Find(function, DType.Int32), a, b, null, a.Length);
    }

    /// <summary>Against arithmetic of whole numbers without end, quotients next to whole numbers above all.</summary>
    private static void CheckDivision<T>(DType type, int digits, Func<T, T> up, Func<T, T> down) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(1);
        var a = new T[6007];
        var b = new T[a.Length];
        for (var i = 0; i < a.Length; i++)
        {
            b[i] = Number(random.Next(-60, 60));
            var multiple = b[i] * T.CreateChecked(1 + Math.Floor(Math.ScaleB(random.NextDouble(), random.Next(1, digits + 3))));
            a[i] = (i % 5) switch { 0 => multiple, 1 => up(multiple), 2 => down(multiple), 3 => -multiple, _ => Number(random.Next(-60, 60)) };
        }
        b[77] = T.PositiveInfinity;
        a[78] = T.NaN;
        b[79] = T.Zero;
        var modulo = BlockRunner.Run<T, T, T, T>((nint)ElementwiseKernels.Find(ScalarFunction.Modulo, type), a, b, null, a.Length);
        var quotient = BlockRunner.Run<T, T, T, T>((nint)ElementwiseKernels.Find(ScalarFunction.FloorDivide, type), a, b, null, a.Length);
        for (var i = 0; i < a.Length; i++)
        {
            if (i is >= 77 and < 80) continue;
            BigInteger x = Whole(a[i]), y = Whole(b[i]), rest = BigInteger.Remainder(x, y), floor = (x - rest) / y - (rest.Sign * y.Sign < 0 ? 1 : 0);
            var remainder = T.CreateChecked(Math.ScaleB((double)rest, -200));
            var expected = rest.IsZero ? T.CopySign(T.Zero, b[i]) : rest.Sign * y.Sign < 0 ? remainder + b[i] : remainder;
            Assert.True(expected.Equals(modulo[i]) && T.IsNegative(expected) == T.IsNegative(modulo[i]), $"{a[i]:R} % {b[i]:R} = {modulo[i]:R}, expected {expected:R}");
            if (BigInteger.Abs(floor) >= BigInteger.One << (digits - 3)) continue;   // those beyond are off by their last digit
            Assert.True(T.CreateChecked((double)floor).Equals(quotient[i]), $"{a[i]:R} // {b[i]:R} = {quotient[i]:R}, expected {floor}");
        }

        T Number(int exponent) => T.CreateChecked(Math.ScaleB(random.NextDouble() - 0.5, exponent));

        static BigInteger Whole(T value) => new(Math.ScaleB(double.CreateChecked(value), 200));
    }

    private static T Two<T>(ScalarFunction function, DType type, T a, T b) where T : unmanaged =>
        BlockRunner.Run<T, T, T, T>((nint)ElementwiseKernels.Find(function, type), [a], [b], null, 1)[0];

    private static void CheckBinary<T, TOut>(ScalarFunction function, DType type, Func<T, T, TOut> reference)
        where T : unmanaged, INumber<T> where TOut : unmanaged
    {
        var (a, b, _) = Operands<T>();
        var kernel = (nint)ElementwiseKernels.Find(function, type);
        var y = BlockRunner.Run<TOut, T, T, T>(kernel, a, b, null, a.Length);
        for (var i = 0; i < a.Length; i++)
            Assert.True(Equals(reference(a[i], b[i]), y[i]), $"{function}({a[i]}, {b[i]}) = {y[i]}, expected {reference(a[i], b[i])}");
        BlockRunner.CheckPlaces<TOut, T>(kernel, a[..290], b[..290], null);
    }

    private static void CheckTernary<T>(ScalarFunction function, DType type, Func<T, T, T, T> reference) where T : unmanaged, INumber<T>
    {
        var (a, b, c) = Operands<T>();
        var kernel = (nint)ElementwiseKernels.Find(function, type);
        var y = BlockRunner.Run<T, T, T, T>(kernel, a, b, c, a.Length);
        for (var i = 0; i < a.Length; i++)
        {
            var expected = reference(a[i], b[i], c[i]);
            Assert.True(Equals(expected, y[i]), $"{function}({a[i]}, {b[i]}, {c[i]}) = {y[i]}, expected {expected}");
        }
        BlockRunner.CheckPlaces<T, T>(kernel, a[..290], b[..290], c[..290]);
    }

    private static void CheckWhere<T>(DType type) where T : unmanaged, INumber<T>
    {
        var (_, b, c) = Operands<T>();
        var mask = b.Select((_, i) => (byte)(i * 7 % 3)).ToArray();
        var kernel = (nint)ElementwiseKernels.Find(ScalarFunction.Where, type);
        for (var n = 0; n <= 256; n++)
        {
            var y = BlockRunner.Run<T, byte, T, T>(kernel, mask, b, c, n);
            for (var i = 0; i < n; i++) Assert.Equal(mask[i] != 0 ? b[i] : c[i], y[i]);
        }
    }

    private static (T[] A, T[] B, T[] C) Operands<T>() where T : unmanaged, INumber<T>
    {
        List<T> a = [], b = [], c = [];
        foreach (var x in Values)
        {
            foreach (var y in Values)
            {
                a.Add(T.CreateSaturating(x));
                b.Add(T.CreateSaturating(y));
                c.Add(T.CreateSaturating(Values[a.Count % Values.Length]));
            }
        }
        return ([.. a], [.. b], [.. c]);
    }

    private static T MultiplyAdd<T>(T a, T b, T c) where T : INumber<T> => (a, b, c) switch
    {
        (float x, float y, float z) => T.CreateChecked(MathF.FusedMultiplyAdd(x, y, z)),
        (double x, double y, double z) => T.CreateChecked(Math.FusedMultiplyAdd(x, y, z)),
        _ => a * b + c,
    };

    private static byte Truth(bool value) => value ? (byte)1 : (byte)0;
}
