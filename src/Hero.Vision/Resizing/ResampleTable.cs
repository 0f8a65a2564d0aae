using System.Runtime.CompilerServices;

namespace Hero.Vision.Resizing;

/// <summary>
/// For every output position along one axis: which source samples it takes, and their weights (a triangle, summing to 1) as fixed-point
/// numbers of <see cref="WeightBits"/> bits. Positions and rounding are Pillow's.
/// </summary>
internal sealed class ResampleTable
{
    /// <summary>A weight of 1 is 2^22: eight bits of sample and the sign leave that many.</summary>
    public const int WeightBits = 22;

    private readonly int[] starts;
    private readonly int[] counts;
    private readonly int[] weights;
    private readonly int stride;

    /// <param name="inputSize">Source samples along the axis.</param>
    /// <param name="start">Where the part of the source that is wanted begins; it may lie outside, the border then goes on.</param>
    /// <param name="length">How long that part is, in source samples.</param>
    /// <param name="outputSize">Output samples.</param>
    /// <param name="antialias">Whether the triangle widens where the picture becomes smaller.</param>
    /// <param name="mirrored">Whether the output runs backwards.</param>
    public ResampleTable(int inputSize, double start, double length, int outputSize, bool antialias, bool mirrored)
    {
        var scale = length / outputSize;
        var support = antialias ? Math.Max(1, scale) : 1;
        stride = (int)Math.Min(inputSize, Math.Ceiling(support) * 2 + 1);
        (starts, counts, weights) = (new int[outputSize], new int[outputSize], new int[checked(outputSize * stride)]);
        var exact = new double[stride];
        for (var i = 0; i < outputSize; i++)
        {
            var center = start + (i + 0.5) * scale;
            var first = (int)Math.Clamp(center - support + 0.5, 0, inputSize);
            var count = (int)Math.Clamp(center + support + 0.5, 0, inputSize) - first;
            var sum = 0.0;
            for (var k = 0; k < count; k++) sum += exact[k] = Math.Max(0, 1 - Math.Abs((first + k - center + 0.5) / support));
            if (sum == 0) (first, count, exact[0], sum) = (center < 0 ? 0 : inputSize - 1, 1, 1, 1);
            var place = mirrored ? outputSize - 1 - i : i;
            (starts[place], counts[place]) = (first, count);
            for (var k = 0; k < count; k++) weights[place * stride + k] = (int)(0.5 + exact[k] / sum * (1 << WeightBits));
        }
        IsIdentity = !mirrored && inputSize == outputSize && start == 0 && length == inputSize;
        (First, Last) = (inputSize, 0);
        for (var i = 0; i < outputSize; i++) (First, Last) = (Math.Min(First, starts[i]), Math.Max(Last, starts[i] + counts[i]));
    }

    /// <summary>Whether every output sample is the source sample in the same place.</summary>
    public bool IsIdentity { get; }

    /// <summary>The source samples from here up to, not including, <see cref="Last"/> are used.</summary>
    public int First { get; }

    /// <inheritdoc cref="First"/>
    public int Last { get; }

    public int OutputSize => starts.Length;

    /// <summary>The first source sample of an output position, and the weights from it on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Weights(int position, out int first)
    {
        first = starts[position];
        return weights.AsSpan(position * stride, counts[position]);
    }
}
