using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>e^x / sum e^x along an axis, without overflow.</summary>
        public Tensor Softmax(int axis = -1) => SoftmaxOp.AlongLast(this, axis, x => new SoftmaxOp().Apply(x));

        /// <summary>x - log sum e^x along an axis, without overflow.</summary>
        public Tensor LogSoftmax(int axis = -1) => SoftmaxOp.AlongLast(this, axis, x => new LogSoftmaxOp().Apply(x));
    }
}

namespace Hero.Ops
{
    /// <summary>y = e^x / sum e^x along the last axis; dx = y (dy - sum dy y).</summary>
    internal sealed record SoftmaxOp : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireFloating(inputs[0]);
            return (inputs[0].DType, inputs[0].Shape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [new SoftmaxGradientOp().Apply(output, upstream)];

        /// <summary>Applies a rule for the last axis to another one.</summary>
        public static Tensor AlongLast(Tensor x, int axis, Func<Tensor, Tensor> rule)
        {
            var at = x.Shape.NormalizeAxis(axis, nameof(Tensor.Softmax));
            if (at == x.Rank - 1) return rule(x);
            var swap = Enumerable.Range(0, x.Rank).ToArray();
            (swap[at], swap[^1]) = (swap[^1], swap[at]);
            return rule(x.Transpose(swap)).Transpose(swap);
        }
    }

    /// <summary>y = x - log sum e^x along the last axis; dx = dy - e^y sum dy.</summary>
    internal sealed record LogSoftmaxOp : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireFloating(inputs[0]);
            return (inputs[0].DType, inputs[0].Shape);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream) =>
            [new LogSoftmaxGradientOp().Apply(output, upstream)];
    }

    /// <summary>(y, dy) -> dx of a <see cref="SoftmaxOp"/>.</summary>
    internal sealed record SoftmaxGradientOp : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, inputs[0].Shape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (y, dy) = (output.Inputs[0], output.Inputs[1]);
            return Hero.Gradient.Partial(y * (dy - (dy * y).Sum(-1, keepDims: true)), [y, dy], upstream);
        }
    }

    /// <summary>(y, dy) -> dx of a <see cref="LogSoftmaxOp"/>.</summary>
    internal sealed record LogSoftmaxGradientOp : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, inputs[0].Shape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (y, dy) = (output.Inputs[0], output.Inputs[1]);
            return Hero.Gradient.Partial(dy - y.Exp() * dy.Sum(-1, keepDims: true), [y, dy], upstream);
        }
    }
}
