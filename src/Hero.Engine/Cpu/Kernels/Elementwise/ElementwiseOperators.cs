using Hero.Ops;

namespace Hero.Cpu.Kernels;

/// <summary>The operators that a <see cref="FusedLoop"/> is put together from: float32 and float64 in, the same out, short formulas.</summary>
internal static class ElementwiseOperators
{
    /// <summary>The operator struct, generic over the element type, and how many operands it takes; null where there is none.</summary>
    public static (Type Operator, int Operands)? Find(ScalarFunction function) => function switch
    {
        ScalarFunction.Negate => (typeof(NegateOperator<>), 1),
        ScalarFunction.Abs => (typeof(AbsOperator<>), 1),
        ScalarFunction.Square => (typeof(SquareOperator<>), 1),
        ScalarFunction.Sqrt => (typeof(SqrtOperator<>), 1),
        ScalarFunction.Rsqrt => (typeof(RsqrtOperator<>), 1),
        ScalarFunction.Reciprocal => (typeof(ReciprocalOperator<>), 1),
        ScalarFunction.Relu => (typeof(ReluOperator<>), 1),
        ScalarFunction.Relu6 => (typeof(Relu6Operator<>), 1),
        ScalarFunction.FlushToZero => (typeof(FlushToZeroOperator<>), 1),
        ScalarFunction.Add => (typeof(AddOperator<>), 2),
        ScalarFunction.Subtract => (typeof(SubtractOperator<>), 2),
        ScalarFunction.Multiply => (typeof(MultiplyOperator<>), 2),
        ScalarFunction.Divide => (typeof(DivideOperator<>), 2),
        ScalarFunction.Maximum => (typeof(MaximumOperator<>), 2),
        ScalarFunction.Minimum => (typeof(MinimumOperator<>), 2),
        ScalarFunction.ReluGradient => (typeof(ReluGradientOperator<>), 2),
        ScalarFunction.Relu6Gradient => (typeof(Relu6GradientOperator<>), 2),
        ScalarFunction.Clip => (typeof(ClipOperator<>), 3),
        ScalarFunction.MultiplyAdd => (typeof(MultiplyAddOperator<>), 3),
        _ => null,
    };
}
