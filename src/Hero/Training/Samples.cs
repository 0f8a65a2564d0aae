using Hero.Data;

namespace Hero;

/// <summary>
/// Data given to a model: one or more columns of as many rows, the first axis counting the examples. Made of a tensor, a
/// rectangular or jagged array, an IDX file, or, for models of several inputs, an array of tensors; none of it is copied but jagged arrays.
/// </summary>
public sealed class Samples
{
    private Samples(params RowSource[] columns)
    {
        if (columns.Length == 0) throw new ArgumentException("Expected at least one tensor of data, got none.");
        Columns = columns;
        foreach (var column in columns)
            if (column.Count != columns[0].Count)
                throw new ArgumentException($"All inputs must have the same number of examples: the first has {columns[0].Count:N0}, "
                    + $"another {column.Count:N0}.");
    }

    /// <summary>How many examples there are.</summary>
    public int Count => Columns[0].Count;

    internal RowSource[] Columns { get; }

    /// <exception cref="ArgumentException">There are not as many targets, or weights, as inputs.</exception>
    internal static void RequireSameCount(Samples x, Samples? y, Samples? weights)
    {
        if (y is not null && y.Count != x.Count)
            throw new ArgumentException($"Inputs and targets must have the same number of examples, got {x.Count:N0} and {y.Count:N0}.");
        if (weights is not null && weights.Count != x.Count)
            throw new ArgumentException($"There must be one weight for each example, got {weights.Count:N0} for {x.Count:N0}.");
    }

    /// <summary>The rows of a tensor.</summary>
    public static implicit operator Samples(Tensor values) => FromTensor(values);

    /// <summary>The rows of several tensors: one for each of a model's inputs.</summary>
    public static implicit operator Samples(Tensor[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Samples(Array.ConvertAll(values, RowSource.From));
    }

    /// <summary>The rows of a rectangular array (float[,], byte[,,], int[] ...) or a jagged one (float[][]).</summary>
    public static implicit operator Samples(Array values) => FromArray(values);

    /// <summary>The rows of an IDX file.</summary>
    public static implicit operator Samples(IdxArray values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Samples(RowSource.From(values.Values, [.. values.Shape]));
    }

    /// <summary>The rows of a tensor.</summary>
    public static Samples FromTensor(Tensor values) => new(RowSource.From(values));

    /// <summary>The rows of an array.</summary>
    /// <exception cref="ArgumentException">It holds something else than numbers, or rows of different lengths.</exception>
    public static Samples FromArray(Array values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values is Tensor[] tensors) return tensors;
        if (values.GetType().GetElementType()!.IsArray) values = Rectangular(values);
        var shape = new int[values.Rank];
        for (var axis = 0; axis < shape.Length; axis++) shape[axis] = values.GetLength(axis);
        return new Samples(RowSource.From(values, shape));
    }

    private static Array Rectangular(Array rows)
    {
        var first = rows.Length == 0 ? null : rows.GetValue(0) as Array;
        var element = rows.GetType().GetElementType()!.GetElementType()!;
        if (element.IsArray)
            throw new ArgumentException($"Jagged arrays of more than two levels are not taken: got {rows.GetType()}. Use a "
                + $"rectangular array or a tensor.");
        var width = first?.Length ?? 0;
        var result = Array.CreateInstance(element, rows.Length, width);
        for (var row = 0; row < rows.Length; row++)
        {
            var values = rows.GetValue(row) as Array;
            if (values?.Length != width)
                throw new ArgumentException($"All rows must have the same length: the first has {width:N0} values, row {row:N0} has "
                    + $"{values?.Length ?? 0:N0}.");
            Buffer.BlockCopy(values, 0, result, row * Buffer.ByteLength(values), Buffer.ByteLength(values));
        }
        return result;
    }
}
