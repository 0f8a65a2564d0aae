using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>-x, element by element.</summary>
        public static Tensor operator -(Tensor x) => UnaryOp.Of(ScalarFunction.Negate, x);

        /// <summary>Not x, for bool.</summary>
        public static Tensor operator !(Tensor x) => UnaryOp.Of(ScalarFunction.LogicalNot, x);

        /// <summary>|x|.</summary>
        public Tensor Abs() => UnaryOp.Of(ScalarFunction.Abs, this);

        /// <summary>-1, 0 or 1 by the sign of x.</summary>
        public Tensor Sign() => UnaryOp.Of(ScalarFunction.Sign, this);

        /// <summary>e to the power x.</summary>
        public Tensor Exp() => UnaryOp.Of(ScalarFunction.Exp, this);

        /// <summary>e^x - 1, exact near 0.</summary>
        public Tensor Expm1() => UnaryOp.Of(ScalarFunction.Expm1, this);

        /// <summary>Natural logarithm.</summary>
        public Tensor Log() => UnaryOp.Of(ScalarFunction.Log, this);

        /// <summary>log(1 + x), exact near 0.</summary>
        public Tensor Log1p() => UnaryOp.Of(ScalarFunction.Log1p, this);

        /// <summary>Square root.</summary>
        public Tensor Sqrt() => UnaryOp.Of(ScalarFunction.Sqrt, this);

        /// <summary>1 / sqrt(x).</summary>
        public Tensor Rsqrt() => UnaryOp.Of(ScalarFunction.Rsqrt, this);

        /// <summary>1 / x.</summary>
        public Tensor Reciprocal() => UnaryOp.Of(ScalarFunction.Reciprocal, this);

        /// <summary>x * x.</summary>
        public Tensor Square() => UnaryOp.Of(ScalarFunction.Square, this);

        /// <summary>Sine of x in radians.</summary>
        public Tensor Sin() => UnaryOp.Of(ScalarFunction.Sin, this);

        /// <summary>Cosine of x in radians.</summary>
        public Tensor Cos() => UnaryOp.Of(ScalarFunction.Cos, this);

        /// <summary>Tangent of x in radians.</summary>
        public Tensor Tan() => UnaryOp.Of(ScalarFunction.Tan, this);

        /// <summary>Hyperbolic tangent.</summary>
        public Tensor Tanh() => UnaryOp.Of(ScalarFunction.Tanh, this);

        /// <summary>1 / (1 + e^-x).</summary>
        public Tensor Sigmoid() => UnaryOp.Of(ScalarFunction.Sigmoid, this);

        /// <summary>The error function.</summary>
        public Tensor Erf() => UnaryOp.Of(ScalarFunction.Erf, this);

        /// <summary>log(1 + e^x), without overflow.</summary>
        public Tensor Softplus() => UnaryOp.Of(ScalarFunction.Softplus, this);

        /// <summary>max(x, 0).</summary>
        public Tensor Relu() => UnaryOp.Of(ScalarFunction.Relu, this);

        /// <summary>min(max(x, 0), 6).</summary>
        public Tensor Relu6() => UnaryOp.Of(ScalarFunction.Relu6, this);

        /// <summary>
        /// x, or 0 where it is below 2^16 times the smallest normal number (7.7e-34 in float32), for what is kept and fades out: x64 processors take
        /// fifty times as long for products that are, or read, denormal numbers.
        /// </summary>
        internal Tensor FlushToZero() => UnaryOp.Of(ScalarFunction.FlushToZero, this);

        /// <summary>The greatest integer not above x. No gradient.</summary>
        public Tensor Floor() => UnaryOp.Of(ScalarFunction.Floor, this);

        /// <summary>The least integer not below x. No gradient.</summary>
        public Tensor Ceil() => UnaryOp.Of(ScalarFunction.Ceil, this);

        /// <summary>The nearest integer, halves to the even one. No gradient.</summary>
        public Tensor Round() => UnaryOp.Of(ScalarFunction.Round, this);

        /// <summary>Whether x is not a number; bool.</summary>
        public Tensor IsNaN() => UnaryOp.Of(ScalarFunction.IsNaN, this);

        /// <summary>Whether x is neither infinite nor NaN; bool.</summary>
        public Tensor IsFinite() => UnaryOp.Of(ScalarFunction.IsFinite, this);
    }
}

namespace Hero.Ops
{
    /// <summary>y = f(x), element by element; dx = dy f'(x). One rule a function, in terms of x, y and dy.</summary>
    internal sealed record UnaryOp(ScalarFunction Kind) : ScalarOp
    {
        private delegate Tensor? Rule(Tensor x, Tensor y, Tensor dy);

        private static readonly Dictionary<ScalarFunction, Rule> Rules = new()
        {
            [ScalarFunction.Negate] = (x, y, dy) => -dy,
            [ScalarFunction.Abs] = (x, y, dy) => dy * x.Sign(),
            [ScalarFunction.Exp] = (x, y, dy) => dy * y,
            [ScalarFunction.Expm1] = (x, y, dy) => dy * (y + 1),
            [ScalarFunction.Log] = (x, y, dy) => dy / x,
            [ScalarFunction.Log1p] = (x, y, dy) => dy / (x + 1),
            [ScalarFunction.Sqrt] = (x, y, dy) => dy * 0.5 / y,
            [ScalarFunction.Rsqrt] = (x, y, dy) => dy * -0.5 * y * y * y,
            [ScalarFunction.Reciprocal] = (x, y, dy) => -dy * y * y,
            [ScalarFunction.Square] = (x, y, dy) => dy * x * 2,
            [ScalarFunction.Sin] = (x, y, dy) => dy * x.Cos(),
            [ScalarFunction.Cos] = (x, y, dy) => -dy * x.Sin(),
            [ScalarFunction.Tan] = (x, y, dy) => dy * (y * y + 1),
            [ScalarFunction.Tanh] = (x, y, dy) => dy * (1 - y * y),
            [ScalarFunction.Sigmoid] = (x, y, dy) => dy * y * (1 - y),
            [ScalarFunction.Erf] = (x, y, dy) => dy * (-(x * x)).Exp() * (2 / Math.Sqrt(Math.PI)),
            [ScalarFunction.Softplus] = (x, y, dy) => dy * x.Sigmoid(),
            [ScalarFunction.Relu] = (x, y, dy) => BinaryOp.Of(ScalarFunction.ReluGradient, y, dy),
            [ScalarFunction.Relu6] = (x, y, dy) => BinaryOp.Of(ScalarFunction.Relu6Gradient, y, dy),
            [ScalarFunction.FlushToZero] = (x, y, dy) => dy,
        };

        public override string Name => Kind.ToString();

        public override ScalarFunction? Function => Kind;

        public static Tensor Of(ScalarFunction function, Tensor x)
        {
            ArgumentNullException.ThrowIfNull(x);
            return new UnaryOp(function).Apply(x);
        }

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            var x = inputs[0];
            switch (Kind)
            {
                case ScalarFunction.LogicalNot when x.DType != DType.Bool:
                    throw new ArgumentException($"LogicalNot needs bool, got {DTypes.Name(x.DType)} {x.Shape}. Compare first (x != 0).");
                case ScalarFunction.Negate or ScalarFunction.Abs or ScalarFunction.Sign or ScalarFunction.Square or ScalarFunction.Relu when DTypes.IsInteger(x.DType):
                case ScalarFunction.LogicalNot:
                    break;
                default:
                    RequireFloating(x);
                    break;
            }
            var isTest = Kind is ScalarFunction.LogicalNot or ScalarFunction.IsNaN or ScalarFunction.IsFinite;
            return (isTest ? DType.Bool : x.DType, x.Shape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [Rules.TryGetValue(Kind, out var rule) ? rule(output.Inputs[0], output, upstream) : null];
    }
}
