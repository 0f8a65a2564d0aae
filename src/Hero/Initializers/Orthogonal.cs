using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Hero.Ops;
using Hero.Saving;

namespace Hero.Initializers;

/// <summary>
/// A random orthogonal matrix times a gain (Saxe et al. 2014): rows, or columns where there are fewer of them, of length 1 and at right
/// angles. All axes but the last count as rows. Keras' default for recurrent kernels.
/// </summary>
/// <param name="gain">What the matrix is multiplied by.</param>
/// <param name="seed">See <see cref="Initializer.Seed"/>.</param>
public sealed class Orthogonal(double gain = 1, long? seed = null) : Initializer(seed)
{
    private protected override Config GetConfig() => new Config().Set("gain", gain);

    private protected override Tensor Values(Shape shape, long seed, DType type)
    {
        if (shape.Rank < 2)
            throw new ArgumentException($"Orthogonal needs a shape of at least 2 dimensions, got {shape}. Use another initializer for vectors.");
        var (rows, columns) = (checked((int)shape[..^1].Size), shape[^1]);
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        var vectors = Draw(Distribution.Normal, [count, length], seed, DType.Float64).ToArray<double>();
        Orthonormalize(vectors, count, length);
        var matrix = Tensor.From<double>(vectors, [count, length]);
        return ((rows <= columns ? matrix : matrix.Transpose()) * gain).Cast(type).Reshape(shape);
    }

    /// <summary>Gram-Schmidt, each vector freed of all later ones' share of it as soon as it is done (the order that is stable).</summary>
    private static void Orthonormalize(double[] vectors, int count, int length)
    {
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.AsSpan(i * length, length);
            var scale = 1 / Math.Sqrt(Dot(vector, vector));
            for (var k = 0; k < length; k++) vector[k] *= scale;
            for (var j = i + 1; j < count; j++)
            {
                var other = vectors.AsSpan(j * length, length);
                Subtract(other, vector, Dot(other, vector));
            }
        }
    }

    // Vectors of four on every machine: wider ones would add in another order.
    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var va = MemoryMarshal.Cast<double, Vector256<double>>(a);
        var vb = MemoryMarshal.Cast<double, Vector256<double>>(b);
        var sums = Vector256<double>.Zero;
        for (var i = 0; i < va.Length; i++) sums += va[i] * vb[i];
        var sum = sums[0] + sums[1] + (sums[2] + sums[3]);
        for (var i = va.Length * Vector256<double>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void Subtract(Span<double> target, ReadOnlySpan<double> vector, double factor)
    {
        var to = MemoryMarshal.Cast<double, Vector256<double>>(target);
        var from = MemoryMarshal.Cast<double, Vector256<double>>(vector);
        for (var i = 0; i < to.Length; i++) to[i] -= from[i] * factor;
        for (var i = to.Length * Vector256<double>.Count; i < target.Length; i++) target[i] -= vector[i] * factor;
    }
}
