using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>
        /// Cross-entropy between target probabilities and softmax(this), computed from the logits in one pass: (..., classes) ->
        /// (...). Targets are probabilities (..., classes), or class numbers (...) of int32 or int64; a class number outside
        /// 0 .. classes - 1 gives NaN.
        /// </summary>
        /// <exception cref="ArgumentException">The targets' shape fits neither form.</exception>
        public Tensor SoftmaxCrossEntropy(Tensor targets)
        {
            ArgumentNullException.ThrowIfNull(targets);
            return new SoftmaxCrossEntropyOp().Apply(this, DTypes.IsFloating(targets.DType) || targets.DType == DType.Bool ? targets.Cast(DType) : targets.DType == DType.UInt8 ? targets.Cast(DType.Int32) : targets);
        }

        /// <summary>Class numbers (...) as vectors (..., classes) with 1 at the class and 0 elsewhere.</summary>
        /// <exception cref="ArgumentException">The tensor is not of integers.</exception>
        public Tensor OneHot(int classes, DType type = DType.Float32)
        {
            if (!DTypes.IsInteger(DType)) throw new ArgumentException($"OneHot needs class numbers (int32, int64, uint8), got {DTypes.Name(DType)} {Shape}. Use Cast(DType.Int32).");
            return ExpandDims(-1).EqualTo(Arange(classes, DType)).Cast(type);
        }
    }
}

namespace Hero.Ops
{
    /// <summary>
    /// z = log sum e^x - sum t x (t one-hot for class numbers), along the last axis;
    /// dx = dz (softmax(x) sum t - t), dt = -dz logsoftmax(x).
    /// </summary>
    internal sealed record SoftmaxCrossEntropyOp : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (logits, targets) = (inputs[0], inputs[1]);
            RequireFloating(logits);
            if (logits.Rank < 1) throw new ArgumentException("SoftmaxCrossEntropy expects logits (..., classes), got a scalar.");
            var fits = DTypes.IsFloating(targets.DType) ? targets.Shape == logits.Shape : targets.Shape == logits.Shape[..^1];
            if (!fits)
                throw new ArgumentException($"SoftmaxCrossEntropy of logits {logits.Shape} expects probabilities {logits.Shape} or class numbers {logits.Shape[..^1]} (int32, int64), got {DTypes.Name(targets.DType)} {targets.Shape}.");
            return (logits.DType, logits.Shape[..^1]);
        }

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (logits, targets) = (output.Inputs[0], output.Inputs[1]);
            var dlogits = new SoftmaxCrossEntropyGradientOp().Apply(logits, targets, upstream);
            return [dlogits, DTypes.IsFloating(targets.DType) ? -upstream.ExpandDims(-1) * logits.LogSoftmax() : null];
        }
    }

    /// <summary>(x, t, dz) -> dx of a <see cref="SoftmaxCrossEntropyOp"/>.</summary>
    internal sealed record SoftmaxCrossEntropyGradientOp : Op
    {
        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs) => (inputs[0].DType, inputs[0].Shape);

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (logits, targets, dz) = (output.Inputs[0], output.Inputs[1], output.Inputs[2]);
            var softmax = logits.Softmax();
            if (DTypes.IsFloating(targets.DType))
                return Hero.Gradient.Partial(dz.ExpandDims(-1) * (softmax * targets.Sum(-1, keepDims: true) - targets), [logits, targets, dz], upstream);
            var parts = Hero.Gradient.Partial(dz.ExpandDims(-1) * (softmax - targets.OneHot(logits.Shape[^1], logits.DType)), [logits, dz], upstream);
            return [parts[0], null, parts[1]];
        }
    }
}
