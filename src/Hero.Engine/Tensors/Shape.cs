using System.Collections;
using System.Runtime.CompilerServices;

namespace Hero;

/// <summary>The dimensions of a tensor, outermost first; an empty shape is a scalar's. Always concrete: no unknown dimensions.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    private readonly int[]? dimensions;

    /// <summary>Makes a shape from its dimensions.</summary>
    /// <exception cref="ArgumentException">A dimension is negative.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        foreach (var dimension in dimensions)
            if (dimension < 0)
                throw new ArgumentException($"A shape needs dimensions of 0 or more, got {dimension} in ({string.Join(", ", dimensions.ToArray())}).", nameof(dimensions));
        this.dimensions = dimensions.ToArray();
    }

    /// <summary>The shape of a scalar: ().</summary>
    public static Shape Scalar => default;

    /// <summary>Number of dimensions.</summary>
    public int Rank => dimensions?.Length ?? 0;

    /// <summary>Number of elements: the product of all dimensions (1 for a scalar).</summary>
    public long Size
    {
        get
        {
            var size = 1L;
            foreach (var dimension in Dimensions)
            {
                if (dimension != 0 && size > long.MaxValue / dimension) throw new OverflowException($"Shape {this} has more elements than any memory holds.");
                size *= dimension;
            }
            return size;
        }
    }

    /// <summary>All dimensions.</summary>
    public ReadOnlySpan<int> Dimensions => dimensions;

    /// <summary>The dimension at an axis.</summary>
    public int this[int axis] => Dimensions[axis];

    /// <summary>The dimension at an axis; ^1 is the last.</summary>
    public int this[Index axis] => Dimensions[axis];

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>A part of the dimensions: shape[1..] drops the first.</summary>
    public Shape this[Range range] => new(Dimensions[range]);

    /// <summary>Makes a shape from a collection expression: <c>Shape s = [32, 28, 28, 1];</c></summary>
    public static Shape Create(ReadOnlySpan<int> dimensions) => new(dimensions);

    /// <summary>An array of dimensions is a shape.</summary>
    public static implicit operator Shape(int[] dimensions) => new(dimensions);

    /// <summary>Two shapes are equal when all dimensions are.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Two shapes differ when a dimension does.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dimensions.SequenceEqual(other.Dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dimension in Dimensions) hash.Add(dimension);
        return hash.ToHashCode();
    }

    /// <summary>As Python prints a shape: (), (3,), (2, 3).</summary>
    public override string ToString() => Rank == 1 ? $"({this[0]},)" : $"({string.Join(", ", Dimensions.ToArray())})";

    /// <summary>The dimensions as a new array.</summary>
    public int[] ToArray() => Dimensions.ToArray();

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(dimensions ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The shape with one dimension put before all others.</summary>
    internal Shape Prepend(int dimension) => new([dimension, .. Dimensions]);

    /// <summary>Row-major strides in elements.</summary>
    internal nint[] Strides()
    {
        var strides = new nint[Rank];
        nint stride = 1;
        for (var axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= this[axis];
        }
        return strides;
    }

    /// <summary>NumPy's broadcasting: aligned at the last axis, a dimension of 1 stretches.</summary>
    internal static Shape Broadcast(Shape left, Shape right, string operation)
    {
        if (left == right) return left;
        var result = new int[Math.Max(left.Rank, right.Rank)];
        for (var back = 1; back <= result.Length; back++)
        {
            var a = back <= left.Rank ? left[^back] : 1;
            var b = back <= right.Rank ? right[^back] : 1;
            if (a != b && a != 1 && b != 1)
                throw new ArgumentException($"{operation} cannot broadcast shapes {left} and {right}: dimensions must be equal or 1, counted from the last; {a} meets {b} at axis {result.Length - back}.");
            result[^back] = a == 1 ? b : a;
        }
        return new Shape(result);
    }

    /// <summary>Checks an axis and counts a negative one from the end.</summary>
    internal int NormalizeAxis(int axis, string operation)
    {
        if (axis < -Rank || axis >= Rank)
            throw new ArgumentOutOfRangeException(nameof(axis), axis, $"{operation} expects an axis from {-Rank} to {Rank - 1} for shape {this}, got {axis}.");
        return axis < 0 ? axis + Rank : axis;
    }
}
