using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hero;

public partial class Tensor
{
    /// <summary>A scalar.</summary>
    public static Tensor From<T>(T value) where T : unmanaged => From([value], Shape.Scalar);

    /// <summary>A one-dimensional tensor with a copy of the values.</summary>
    public static Tensor From<T>(T[] values) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From<T>(values, [values.Length]);
    }

    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    /// <exception cref="ArgumentException">The number of values is not the shape's.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape) where T : unmanaged
    {
        if (values.Length != shape.Size)
            throw new ArgumentException($"Shape {shape} holds {shape.Size:N0} elements, got {values.Length:N0} values.", nameof(values));
        var storage = new Storage(values.Length * (long)Unsafe.SizeOf<T>());
        values.CopyTo(storage.As<T>());
        return new Tensor(DTypes.Of<T>(), shape, storage);
    }

    /// <summary>A tensor with the shape and a copy of the values of a rectangular array (float[,], byte[,,,] ...).</summary>
    /// <exception cref="NotSupportedException">The array's elements are no element type.</exception>
    public static Tensor From(Array values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values switch
        {
            _ when values.GetType().GetElementType() == typeof(float) => FromArray<float>(values),
            _ when values.GetType().GetElementType() == typeof(double) => FromArray<double>(values),
            _ when values.GetType().GetElementType() == typeof(int) => FromArray<int>(values),
            _ when values.GetType().GetElementType() == typeof(long) => FromArray<long>(values),
            _ when values.GetType().GetElementType() == typeof(byte) => FromArray<byte>(values),
            _ when values.GetType().GetElementType() == typeof(bool) => FromArray<bool>(values),
            _ when values.GetType().GetElementType() == typeof(BFloat16) => FromArray<BFloat16>(values),
            _ => throw new NotSupportedException($"A tensor cannot be made from {values.GetType()}: expected a rectangular array of float, double, int, long, byte, bool or BFloat16."),
        };
    }

    /// <summary>All elements 0.</summary>
    public static Tensor Zeros(Shape shape, DType type = DType.Float32) => Full(shape, 0, type);

    /// <summary>All elements 1.</summary>
    public static Tensor Ones(Shape shape, DType type = DType.Float32) => Full(shape, 1, type);

    /// <summary>All elements the same number, converted to the type.</summary>
    public static Tensor Full(Shape shape, double value, DType type = DType.Float32) => Number(value, type).BroadcastTo(shape);

    /// <summary>The numbers 0, 1, ... <paramref name="count"/> - 1 (NumPy's arange).</summary>
    public static Tensor Arange(int count, DType type = DType.Int32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = i;
        return From(values).Cast(type);
    }

    /// <summary>A scalar of a type.</summary>
    internal static Tensor Number(double value, DType type) => type switch
    {
        DType.Float32 => From((float)value),
        DType.Float64 => From(value),
        DType.Int32 when value is >= int.MinValue and <= int.MaxValue => From((int)value),
        DType.Int64 when value is >= long.MinValue and < long.MaxValue => From((long)value),
        DType.UInt8 when value is >= byte.MinValue and <= byte.MaxValue => From((byte)value),
        DType.Int32 or DType.Int64 or DType.UInt8 => throw new OverflowException(
            FormattableString.Invariant($"{DTypes.Name(type)} does not hold the number {value}. Use Cast to a wider type first.")),
        DType.Bool => From(value != 0),
        DType.BFloat16 => From((BFloat16)(float)value),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such element type."),
    };

    private static Tensor FromArray<T>(Array values) where T : unmanaged
    {
        var shape = new int[values.Rank];
        for (var axis = 0; axis < shape.Length; axis++) shape[axis] = values.GetLength(axis);
        var span = values.Length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);
        return From(span, shape);
    }
}
