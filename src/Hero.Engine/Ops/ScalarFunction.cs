namespace Hero.Ops;

/// <summary>
/// What can be computed element by element. Each member stands for one block kernel per element type; which pairs exist
/// is for <c>ElementwiseKernels.Find</c> to say.
/// </summary>
internal enum ScalarFunction
{
    // One operand, result of its type.
    Negate,
    Abs,
    /// <summary>-1, 0 or 1; NaN stays NaN.</summary>
    Sign,
    Exp,
    /// <summary>e^x - 1 without cancellation near 0.</summary>
    Expm1,
    Log,
    /// <summary>log(1 + x) without cancellation near 0.</summary>
    Log1p,
    Sqrt,
    /// <summary>1 / sqrt(x).</summary>
    Rsqrt,
    Reciprocal,
    Square,
    Sin,
    Cos,
    Tan,
    Tanh,
    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,
    Erf,
    /// <summary>log(1 + e^x).</summary>
    Softplus,
    /// <summary>max(x, 0); NaN stays NaN.</summary>
    Relu,
    /// <summary>min(max(x, 0), 6); NaN stays NaN.</summary>
    Relu6,
    /// <summary>0 where |x| is below 2^16 times the smallest normal number, else x.</summary>
    FlushToZero,
    Floor,
    Ceil,
    /// <summary>To the nearest integer, halves to the even one.</summary>
    Round,

    // One operand, result bool.
    LogicalNot,
    IsNaN,
    IsFinite,

    // Two operands, result of their type.
    Add,
    Subtract,
    Multiply,
    /// <summary>True division: float32 and float64 only.</summary>
    Divide,
    Pow,
    /// <summary>The greater; NaN if either is NaN.</summary>
    Maximum,
    /// <summary>The lesser; NaN if either is NaN.</summary>
    Minimum,
    /// <summary>The remainder with the sign of the divisor, as NumPy's mod; integers modulo 0 give 0.</summary>
    Modulo,
    /// <summary>The quotient rounded down, as NumPy's floor_divide; integers divided by 0 give 0.</summary>
    FloorDivide,
    /// <summary>(y, dy): dy where y > 0, else 0: the gradient of Relu by its output, or just as well by its input.</summary>
    ReluGradient,
    /// <summary>(y, dy): dy where 0 &lt; y &lt; 6, else 0: the gradient of Relu6 by its output, or just as well by its input.</summary>
    Relu6Gradient,

    // Two operands, result bool.
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    LogicalAnd,
    LogicalOr,
    LogicalXor,

    // Three operands.
    /// <summary>a ? b : c, where a is bool.</summary>
    Where,
    /// <summary>min(max(a, b), c): a held between b and c; NaN if any is NaN.</summary>
    Clip,
    /// <summary>a * b + c; rounded once for float32 and float64.</summary>
    MultiplyAdd,
}
