using System.Numerics;
using System.Runtime.Intrinsics;
using Hero.Ops;
using unsafe Kernel = delegate*<void*, void*, void*, void*, nint, void>;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Element-wise block kernels: kernel(dst, a, b, c, n) computes n elements; operands a function does not have are ignored.
/// dst may be exactly one of the operands that have its element size; otherwise nothing overlaps. An element's result depends on
/// its operands only, not on its place or on n. Blocks of 1,024 to 2,048 elements suit best: three of float fill half a first-level cache.
/// </summary>
internal static unsafe class ElementwiseKernels
{
    /// <summary>The kernel of a function for operands of <paramref name="type"/>, or null where there is none.</summary>
    public static Kernel Find(ScalarFunction function, DType type) => type switch
    {
        DType.Float32 => FindFloating<float>(function),
        DType.Float64 => FindFloating<double>(function),
        DType.Int32 => FindNumber<int>(function),
        DType.Int64 => FindNumber<long>(function),
        DType.UInt8 => FindNumber<byte>(function),
        DType.Bool => FindTruth(function),
        _ => null,
    };

    /// <summary>The kernel that converts elements from one type to another, or copies them.</summary>
    public static Kernel FindCast(DType from, DType to) => CastKernels.Find(from, to);

    /// <summary>The kernel dst = (a != 0) as bool.</summary>
    public static Kernel FindTest(DType type) => type switch
    {
        DType.Float32 => Test<float, IsTrueOperator<float>>(),
        DType.Float64 => Test<double, IsTrueOperator<double>>(),
        DType.Int32 => Test<int, IsTrueOperator<int>>(),
        DType.Int64 => Test<long, IsTrueOperator<long>>(),
        _ => Test<byte, IsTrueOperator<byte>>(),
    };

    private static Kernel FindFloating<T>(ScalarFunction function) where T : unmanaged, INumber<T> => function switch
    {
        ScalarFunction.Exp => LongUnary<T, ExpOperator<T>>(),
        ScalarFunction.Expm1 => LongUnary<T, Expm1Operator<T>>(),
        ScalarFunction.Log => LongUnary<T, LogOperator<T>>(),
        ScalarFunction.Log1p => LongUnary<T, Log1pOperator<T>>(),
        ScalarFunction.Sqrt => Unary<T, SqrtOperator<T>>(),
        ScalarFunction.Rsqrt => Unary<T, RsqrtOperator<T>>(),
        ScalarFunction.Reciprocal => Unary<T, ReciprocalOperator<T>>(),
        ScalarFunction.Sin => LongUnary<T, SinOperator<T>>(),
        ScalarFunction.Cos => LongUnary<T, CosOperator<T>>(),
        ScalarFunction.Tan => LongUnary<T, TanOperator<T>>(),
        ScalarFunction.Tanh => LongUnary<T, TanhOperator<T>>(),
        ScalarFunction.Sigmoid => LongUnary<T, SigmoidOperator<T>>(),
        ScalarFunction.Erf => LongUnary<T, ErfOperator<T>>(),
        ScalarFunction.Softplus => LongUnary<T, SoftplusOperator<T>>(),
        ScalarFunction.FlushToZero => Unary<T, FlushToZeroOperator<T>>(),
        ScalarFunction.Floor => Unary<T, FloorOperator<T>>(),
        ScalarFunction.Ceil => Unary<T, CeilOperator<T>>(),
        ScalarFunction.Round => Unary<T, RoundOperator<T>>(),
        ScalarFunction.IsNaN => Test<T, IsNaNOperator<T>>(),
        ScalarFunction.IsFinite => Test<T, IsFiniteOperator<T>>(),
        ScalarFunction.Divide => Binary<T, DivideOperator<T>>(),
        ScalarFunction.ReluGradient => Binary<T, ReluGradientOperator<T>>(),
        ScalarFunction.Relu6Gradient => Binary<T, Relu6GradientOperator<T>>(),
        ScalarFunction.Pow => LongBinary<T, PowOperator<T>>(),
        _ => FindNumber<T>(function),
    };

    private static Kernel FindNumber<T>(ScalarFunction function) where T : unmanaged, INumber<T> => function switch
    {
        ScalarFunction.Negate => Unary<T, NegateOperator<T>>(),
        ScalarFunction.Abs => Unary<T, AbsOperator<T>>(),
        ScalarFunction.Sign => Unary<T, SignOperator<T>>(),
        ScalarFunction.Square => Unary<T, SquareOperator<T>>(),
        ScalarFunction.Relu => Unary<T, ReluOperator<T>>(),
        ScalarFunction.Relu6 => Unary<T, Relu6Operator<T>>(),
        ScalarFunction.Add => Binary<T, AddOperator<T>>(),
        ScalarFunction.Subtract => Binary<T, SubtractOperator<T>>(),
        ScalarFunction.Multiply => Binary<T, MultiplyOperator<T>>(),
        ScalarFunction.Modulo => SimdDivision.Exists<T>() ? LongBinary<T, ModuloOperator<T>>() : &ElementwiseLoops.Scalar<T, ModuloOperator<T>>,
        ScalarFunction.FloorDivide => SimdDivision.Exists<T>() ? LongBinary<T, FloorDivideOperator<T>>() : &ElementwiseLoops.Scalar<T, FloorDivideOperator<T>>,
        ScalarFunction.Clip => Ternary<T, ClipOperator<T>>(),
        ScalarFunction.MultiplyAdd => Ternary<T, MultiplyAddOperator<T>>(),
        _ => FindOrdered<T>(function),
    };

    /// <summary>What bool has too.</summary>
    private static Kernel FindOrdered<T>(ScalarFunction function) where T : unmanaged, INumber<T> => function switch
    {
        ScalarFunction.Maximum => Binary<T, MaximumOperator<T>>(),
        ScalarFunction.Minimum => Binary<T, MinimumOperator<T>>(),
        ScalarFunction.Equal => Compare<T, EqualOperator<T>>(),
        ScalarFunction.NotEqual => Compare<T, NotEqualOperator<T>>(),
        ScalarFunction.Less => Compare<T, LessOperator<T>>(),
        ScalarFunction.LessEqual => Compare<T, LessEqualOperator<T>>(),
        ScalarFunction.Greater => Compare<T, GreaterOperator<T>>(),
        ScalarFunction.GreaterEqual => Compare<T, GreaterEqualOperator<T>>(),
        ScalarFunction.Where => Where<T>(),
        _ => null,
    };

    private static Kernel FindTruth(ScalarFunction function) => function switch
    {
        ScalarFunction.LogicalNot => Test<byte, LogicalNotOperator<byte>>(),
        ScalarFunction.LogicalAnd => Compare<byte, LogicalAndOperator<byte>>(),
        ScalarFunction.LogicalOr => Compare<byte, LogicalOrOperator<byte>>(),
        ScalarFunction.LogicalXor => Compare<byte, LogicalXorOperator<byte>>(),
        _ => FindOrdered<byte>(function),
    };

    private static Kernel Unary<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, IUnaryOperator<T> =>
        Vector512.IsHardwareAccelerated ? &ElementwiseLoops.Unary<Simd512<T>, T, TOp>
        : Vector256.IsHardwareAccelerated ? &ElementwiseLoops.Unary<Simd256<T>, T, TOp>
        : Vector128.IsHardwareAccelerated ? &ElementwiseLoops.Unary<Simd128<T>, T, TOp>
        : &ElementwiseLoops.Unary<Simd1<T>, T, TOp>;

    private static Kernel LongUnary<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, IUnaryOperator<T> =>
        Vector512.IsHardwareAccelerated ? &ElementwiseLoops.LongUnary<Simd512<T>, T, TOp>
        : Vector256.IsHardwareAccelerated ? &ElementwiseLoops.LongUnary<Simd256<T>, T, TOp>
        : Vector128.IsHardwareAccelerated ? &ElementwiseLoops.LongUnary<Simd128<T>, T, TOp>
        : &ElementwiseLoops.LongUnary<Simd1<T>, T, TOp>;

    private static Kernel Test<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, IUnaryOperator<T> =>
        Vector512.IsHardwareAccelerated ? &ElementwiseLoops.Test<Simd512<T>, T, TOp>
        : Vector256.IsHardwareAccelerated ? &ElementwiseLoops.Test<Simd256<T>, T, TOp>
        : Vector128.IsHardwareAccelerated ? &ElementwiseLoops.Test<Simd128<T>, T, TOp>
        : &ElementwiseLoops.Test<Simd1<T>, T, TOp>;

    private static Kernel Binary<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, IBinaryOperator<T> =>
        Vector512.IsHardwareAccelerated ? &ElementwiseLoops.Binary<Simd512<T>, T, TOp>
        : Vector256.IsHardwareAccelerated ? &ElementwiseLoops.Binary<Simd256<T>, T, TOp>
        : Vector128.IsHardwareAccelerated ? &ElementwiseLoops.Binary<Simd128<T>, T, TOp>
        : &ElementwiseLoops.Binary<Simd1<T>, T, TOp>;

    private static Kernel LongBinary<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, IBinaryOperator<T> =>
        Vector512.IsHardwareAccelerated ? &ElementwiseLoops.LongBinary<Simd512<T>, T, TOp>
        : Vector256.IsHardwareAccelerated ? &ElementwiseLoops.LongBinary<Simd256<T>, T, TOp>
        : Vector128.IsHardwareAccelerated ? &ElementwiseLoops.LongBinary<Simd128<T>, T, TOp>
        : &ElementwiseLoops.LongBinary<Simd1<T>, T, TOp>;

    private static Kernel Compare<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, IBinaryOperator<T> =>
        Vector512.IsHardwareAccelerated ? &ElementwiseLoops.Compare<Simd512<T>, T, TOp>
        : Vector256.IsHardwareAccelerated ? &ElementwiseLoops.Compare<Simd256<T>, T, TOp>
        : Vector128.IsHardwareAccelerated ? &ElementwiseLoops.Compare<Simd128<T>, T, TOp>
        : &ElementwiseLoops.Compare<Simd1<T>, T, TOp>;

    private static Kernel Ternary<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, ITernaryOperator<T> =>
        Vector512.IsHardwareAccelerated ? &ElementwiseLoops.Ternary<Simd512<T>, T, TOp>
        : Vector256.IsHardwareAccelerated ? &ElementwiseLoops.Ternary<Simd256<T>, T, TOp>
        : Vector128.IsHardwareAccelerated ? &ElementwiseLoops.Ternary<Simd128<T>, T, TOp>
        : &ElementwiseLoops.Ternary<Simd1<T>, T, TOp>;

    private static Kernel Where<T>() where T : unmanaged, INumber<T> =>
        Vector512.IsHardwareAccelerated ? &ElementwiseLoops.Where<Simd512<T>, T>
        : Vector256.IsHardwareAccelerated ? &ElementwiseLoops.Where<Simd256<T>, T>
        : Vector128.IsHardwareAccelerated ? &ElementwiseLoops.Where<Simd128<T>, T>
        : &ElementwiseLoops.Where<Simd1<T>, T>;
}
