using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>a + b with broadcasting.</summary>
        public static Tensor operator +(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.Add, a, b);

        /// <summary>a + number, in a's type.</summary>
        public static Tensor operator +(Tensor a, double b) => BinaryOp.Of(ScalarFunction.Add, a, b);

        /// <summary>number + b, in b's type.</summary>
        public static Tensor operator +(double a, Tensor b) => BinaryOp.Of(ScalarFunction.Add, a, b);

        /// <summary>a - b with broadcasting.</summary>
        public static Tensor operator -(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.Subtract, a, b);

        /// <summary>a - number, in a's type.</summary>
        public static Tensor operator -(Tensor a, double b) => BinaryOp.Of(ScalarFunction.Subtract, a, b);

        /// <summary>number - b, in b's type.</summary>
        public static Tensor operator -(double a, Tensor b) => BinaryOp.Of(ScalarFunction.Subtract, a, b);

        /// <summary>a * b, element by element, with broadcasting; <see cref="MatMul"/> is the matrix product.</summary>
        public static Tensor operator *(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.Multiply, a, b);

        /// <summary>a * number, in a's type.</summary>
        public static Tensor operator *(Tensor a, double b) => BinaryOp.Of(ScalarFunction.Multiply, a, b);

        /// <summary>number * b, in b's type.</summary>
        public static Tensor operator *(double a, Tensor b) => BinaryOp.Of(ScalarFunction.Multiply, a, b);

        /// <summary>a / b with broadcasting; integers become float32 first.</summary>
        public static Tensor operator /(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.Divide, a, b);

        /// <summary>a / number, in a's type (integers become float32).</summary>
        public static Tensor operator /(Tensor a, double b) => BinaryOp.Of(ScalarFunction.Divide, a, b);

        /// <summary>number / b, in b's type (integers become float32).</summary>
        public static Tensor operator /(double a, Tensor b) => BinaryOp.Of(ScalarFunction.Divide, a, b);

        /// <summary>The remainder with the divisor's sign, as NumPy. No gradient for the divisor.</summary>
        public static Tensor operator %(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.Modulo, a, b);

        /// <summary>Whether a &lt; b; bool.</summary>
        public static Tensor operator <(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.Less, a, b);

        /// <summary>Whether a &lt; number; bool.</summary>
        public static Tensor operator <(Tensor a, double b) => BinaryOp.Of(ScalarFunction.Less, a, b);

        /// <summary>Whether a &gt; b; bool.</summary>
        public static Tensor operator >(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.Greater, a, b);

        /// <summary>Whether a &gt; number; bool.</summary>
        public static Tensor operator >(Tensor a, double b) => BinaryOp.Of(ScalarFunction.Greater, a, b);

        /// <summary>Whether a &lt;= b; bool.</summary>
        public static Tensor operator <=(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.LessEqual, a, b);

        /// <summary>Whether a &lt;= number; bool.</summary>
        public static Tensor operator <=(Tensor a, double b) => BinaryOp.Of(ScalarFunction.LessEqual, a, b);

        /// <summary>Whether a &gt;= b; bool.</summary>
        public static Tensor operator >=(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.GreaterEqual, a, b);

        /// <summary>Whether a &gt;= number; bool.</summary>
        public static Tensor operator >=(Tensor a, double b) => BinaryOp.Of(ScalarFunction.GreaterEqual, a, b);

        /// <summary>a and b, for bool.</summary>
        public static Tensor operator &(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.LogicalAnd, a, b);

        /// <summary>a or b, for bool.</summary>
        public static Tensor operator |(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.LogicalOr, a, b);

        /// <summary>Either a or b, for bool.</summary>
        public static Tensor operator ^(Tensor a, Tensor b) => BinaryOp.Of(ScalarFunction.LogicalXor, a, b);

        /// <summary>Whether elements are equal; bool. (The == operator compares references, as for every C# class.)</summary>
        public Tensor EqualTo(Tensor other) => BinaryOp.Of(ScalarFunction.Equal, this, other);

        /// <summary>Whether elements differ; bool.</summary>
        public Tensor NotEqualTo(Tensor other) => BinaryOp.Of(ScalarFunction.NotEqual, this, other);

        /// <summary>x to a power.</summary>
        public Tensor Pow(Tensor exponent) => BinaryOp.Of(ScalarFunction.Pow, this, exponent);

        /// <summary>x to a power.</summary>
        public Tensor Pow(double exponent) => exponent == 2 ? Square() : BinaryOp.Of(ScalarFunction.Pow, this, exponent);

        /// <summary>The greater of two; NaN if either is. The gradient goes to the greater, half to each where equal.</summary>
        public Tensor Maximum(Tensor other) => BinaryOp.Of(ScalarFunction.Maximum, this, other);

        /// <summary>The greater of x and a number.</summary>
        public Tensor Maximum(double other) => BinaryOp.Of(ScalarFunction.Maximum, this, other);

        /// <summary>The lesser of two; NaN if either is. The gradient goes to the lesser, half to each where equal.</summary>
        public Tensor Minimum(Tensor other) => BinaryOp.Of(ScalarFunction.Minimum, this, other);

        /// <summary>The lesser of x and a number.</summary>
        public Tensor Minimum(double other) => BinaryOp.Of(ScalarFunction.Minimum, this, other);

        /// <summary>The quotient rounded down. No gradient.</summary>
        public Tensor FloorDivide(Tensor divisor) => BinaryOp.Of(ScalarFunction.FloorDivide, this, divisor);
    }
}

namespace Hero.Ops
{
    /// <summary>z = f(x, y), element by element, on equal shapes (the entry broadcasts); one gradient rule a function.</summary>
    internal sealed record BinaryOp(ScalarFunction Kind) : ScalarOp
    {
        private delegate (Tensor? Left, Tensor? Right) Rule(Tensor x, Tensor y, Tensor z, Tensor dz);

        private static readonly Dictionary<ScalarFunction, Rule> Rules = new()
        {
            [ScalarFunction.Add] = (x, y, z, dz) => (dz, dz),
            [ScalarFunction.Subtract] = (x, y, z, dz) => (dz, -dz),
            [ScalarFunction.Multiply] = (x, y, z, dz) => (dz * y, dz * x),
            [ScalarFunction.Divide] = (x, y, z, dz) => (dz / y, -dz * z / y),
            [ScalarFunction.Pow] = (x, y, z, dz) => (dz * y * x.Pow(y - 1), dz * z * Tensor.Where(x > 0, x, 1).Log()),
            [ScalarFunction.Maximum] = (x, y, z, dz) => (dz * Share(x, y), dz * Share(y, x)),
            [ScalarFunction.Minimum] = (x, y, z, dz) => (dz * Share(y, x), dz * Share(x, y)),
            [ScalarFunction.Modulo] = (x, y, z, dz) => (dz, null),
            [ScalarFunction.ReluGradient] = (x, y, z, dz) => (null, Of(ScalarFunction.ReluGradient, x, dz)),
            [ScalarFunction.Relu6Gradient] = (x, y, z, dz) => (null, Of(ScalarFunction.Relu6Gradient, x, dz)),
        };

        public override string Name => Kind.ToString();

        public override ScalarFunction? Function => Kind;

        private bool IsComparison => Kind is >= ScalarFunction.Equal and <= ScalarFunction.GreaterEqual;

        private bool IsLogical => Kind is ScalarFunction.LogicalAnd or ScalarFunction.LogicalOr or ScalarFunction.LogicalXor;

        public static Tensor Of(ScalarFunction function, Tensor a, Tensor b)
        {
            ArgumentNullException.ThrowIfNull(a);
            ArgumentNullException.ThrowIfNull(b);
            var shape = Shape.Broadcast(a.Shape, b.Shape, function.ToString());
            var type = DTypes.Promote(a.DType, b.DType);
            if (function == ScalarFunction.Divide && !DTypes.IsFloating(type)) type = DType.Float32;
            return new BinaryOp(function).Apply(a.Cast(type).BroadcastTo(shape), b.Cast(type).BroadcastTo(shape));
        }

        public static Tensor Of(ScalarFunction function, Tensor a, double b)
        {
            ArgumentNullException.ThrowIfNull(a);
            return Of(function, a, Tensor.Number(b, NumberType(a.DType, b)));
        }

        public static Tensor Of(ScalarFunction function, double a, Tensor b)
        {
            ArgumentNullException.ThrowIfNull(b);
            return Of(function, Tensor.Number(a, NumberType(b.DType, a)), b);
        }

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireSameType(inputs);
            var type = inputs[0].DType;
            if (IsLogical ? type != DType.Bool : type == DType.Bool && Kind is not (ScalarFunction.Equal or ScalarFunction.NotEqual))
                throw new ArgumentException($"{Name} needs {(IsLogical ? "bool" : "numbers")}, got {DTypes.Name(type)} {inputs[0].Shape}.");
            if (Kind is ScalarFunction.Pow or ScalarFunction.ReluGradient or ScalarFunction.Relu6Gradient) RequireFloating(inputs[0]);
            return (IsComparison ? DType.Bool : type, inputs[0].Shape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            if (!Rules.TryGetValue(Kind, out var rule)) return [null, null];
            var (left, right) = rule(output.Inputs[0], output.Inputs[1], output, upstream);
            return [left, right];
        }

        // A plain number takes the type of the tensor it meets, unless that is an integer and the number is not whole.
        private static DType NumberType(DType tensor, double number) =>
            DTypes.IsFloating(tensor) || (DTypes.IsInteger(tensor) && number == Math.Floor(number)) ? tensor : DType.Float32;

        // 1 where x wins, 1/2 where both are equal, 0 where y wins.
        private static Tensor Share(Tensor x, Tensor y) => ((x > y).Cast(x.DType) + (x >= y).Cast(x.DType)) * 0.5;
    }
}
