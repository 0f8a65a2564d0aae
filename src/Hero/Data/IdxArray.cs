namespace Hero.Data;

/// <summary>The content of an IDX file: values in row-major order and their shape.</summary>
public sealed class IdxArray
{
    internal IdxArray(Array values, int[] shape)
    {
        Values = values;
        Shape = shape;
    }

    /// <summary>The values: an array of byte, sbyte, short, int, float or double.</summary>
    public Array Values { get; }

    /// <summary>The dimensions, the slowest first: (60000, 28, 28) for MNIST's training pictures.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The type of the values.</summary>
    public Type ElementType => Values.GetType().GetElementType()!;

    /// <summary>The values as the type they have.</summary>
    /// <exception cref="InvalidOperationException">They have another type.</exception>
    public T[] ToArray<T>() where T : unmanaged =>
        typeof(T) == ElementType ? (T[])Values : throw new InvalidOperationException($"The IDX values are {ElementType.Name}, not {typeof(T).Name}: ask for {ElementType.Name}.");
}
