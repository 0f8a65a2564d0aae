using Hero.Ops;

namespace Hero
{
    public partial class Tensor
    {
        /// <summary>
        /// The matrix product of the last two axes, (..., m, k) x (..., k, n) -> (..., m, n); axes before them broadcast. A
        /// vector counts as a row on the left, as a column on the right, and its axis is dropped from the result (as NumPy).
        /// </summary>
        /// <param name="other">The right operand.</param>
        /// <param name="precision">How exactly to multiply float32; null for <see cref="DefaultMatmulPrecision"/>.</param>
        /// <exception cref="ArgumentException">The inner dimensions differ, or an operand is a scalar.</exception>
        public Tensor MatMul(Tensor other, MatmulPrecision? precision = null)
        {
            ArgumentNullException.ThrowIfNull(other);
            if (Rank == 0 || other.Rank == 0) throw new ArgumentException($"MatMul needs vectors or matrices, got shapes {Shape} and {other.Shape}. Use * for scalars.", nameof(other));
            if (Rank == 1) return ExpandDims(0).MatMul(other, precision).Squeeze(other.Rank == 1 ? 0 : -2);
            if (other.Rank == 1) return MatMul(other.ExpandDims(1), precision).Squeeze(-1);
            if (Shape[^1] != other.Shape[^2])
                throw new ArgumentException($"MatMul of shapes {Shape} and {other.Shape}: the last dimension of the first ({Shape[^1]}) must equal the last but one of the second ({other.Shape[^2]}).", nameof(other));
            var type = DTypes.Promote(DType, other.DType);
            var (a, transposeA) = MatMulOp.Untranspose(Cast(type));
            var (b, transposeB) = MatMulOp.Untranspose(other.Cast(type));
            var outer = Shape.Broadcast(Shape[..^2], other.Shape[..^2], nameof(MatMul));
            // Rows of all batches against one matrix are one taller matrix.
            if (other.Rank == 2 && !transposeA)
                a = a.Reshape(new Shape([1, checked((int)a.Shape[..^1].Size), a.Shape[^1]]));
            else
                a = MatMulOp.Batch(a, outer);
            var product = new MatMulOp(transposeA, transposeB, MatmulPrecisions.Of(type, precision)).Apply(a, MatMulOp.Batch(b, outer)).Cast(type);
            return product.Reshape(new Shape([.. outer.Dimensions, Shape[^2], other.Shape[^1]]));
        }
    }
}

namespace Hero.Ops
{
    /// <summary>
    /// z = op(a) op(b) for [batch, rows, columns], where op may transpose and a batch of 1 serves all of the other's;
    /// da = dz op(b)', db = op(a)' dz, summed over the batch where it was 1. Of bfloat16 it gives float32, the sums as they are.
    /// </summary>
    internal sealed record MatMulOp(bool TransposeA, bool TransposeB, MatmulPrecision Precision = MatmulPrecision.Highest) : Op
    {
        public override string Name => nameof(Tensor.MatMul);

        public override (DType Type, Shape Shape) Infer(ReadOnlySpan<Tensor> inputs)
        {
            RequireSameType(inputs);
            RequireFloating(inputs[0]);
            var (a, b) = (inputs[0].Shape, inputs[1].Shape);
            return (DTypes.Arithmetic(inputs[0].DType), [Math.Max(a[0], b[0]), TransposeA ? a[2] : a[1], TransposeB ? b[1] : b[2]]);
        }

        public override double Flops(Tensor output) => 2.0 * output.Size * output.Inputs[0].Shape[TransposeA ? 1 : 2];

        public override Tensor?[] Gradient(Tensor output, Tensor upstream)
        {
            var (a, b) = (output.Inputs[0], output.Inputs[1]);
            upstream = upstream.Cast(a.DType);
            var da = TransposeA ? new MatMulOp(TransposeB, true, Precision).Apply(b, upstream) : new MatMulOp(false, !TransposeB, Precision).Apply(upstream, b);
            var db = TransposeB ? new MatMulOp(true, TransposeA, Precision).Apply(upstream, a) : new MatMulOp(!TransposeA, false, Precision).Apply(a, upstream);
            return [Collapse(da, a).Cast(a.DType), Collapse(db, b).Cast(b.DType)];
        }

        /// <summary>The matrices of a tensor as one batch: [1, r, c] where there is one, else [all, r, c] after broadcasting.</summary>
        internal static Tensor Batch(Tensor x, Shape outer)
        {
            var size = x.Shape[..^2].Size;
            if (size != 1 && x.Shape[..^2] != outer)
            {
                x = x.BroadcastTo(new Shape([.. outer.Dimensions, x.Shape[^2], x.Shape[^1]]));
                size = outer.Size;
            }
            return x.Reshape(new Shape([checked((int)size), x.Shape[^2], x.Shape[^1]]));
        }

        /// <summary>Reads a transposed matrix as the matrix it came from and says so.</summary>
        internal static (Tensor Matrix, bool Transposed) Untranspose(Tensor x)
        {
            if (x.Op is not TransposeOp transpose) return (x, false);
            var permutation = transpose.Permutation;
            for (var axis = 0; axis < x.Rank - 2; axis++)
                if (permutation[axis] != axis) return (x, false);
            return (x.Inputs[0], true);
        }

        private static Tensor Collapse(Tensor gradient, Tensor input) =>
            gradient.Shape[0] == input.Shape[0] ? gradient : gradient.Sum([0], keepDims: true);
    }
}
