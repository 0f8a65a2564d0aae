using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hero.Data;

/// <summary>Rows of equal shape in memory, from which those of a batch are gathered: one input or one target of a training set.</summary>
internal abstract class RowSource
{
    private protected RowSource(DType type, Shape rowShape, int count)
    {
        DType = type;
        RowShape = rowShape;
        Count = count;
        RowBytes = checked((int)(rowShape.Size * DTypes.Size(type)));
    }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The shape of a row: a batch is (rows, this ...).</summary>
    public Shape RowShape { get; }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>The bytes of a row.</summary>
    public int RowBytes { get; }

    /// <summary>
    /// The rows of a tensor: its first dimension counts them. Its value is not copied; where it is not there yet it is made now, or batch by
    /// batch if that takes much less memory (<see cref="ComputedRows"/>).
    /// </summary>
    /// <exception cref="ArgumentException">The tensor is a scalar.</exception>
    public static RowSource From(Tensor tensor)
    {
        if (tensor.Rank == 0) throw new ArgumentException("Rows need a tensor whose first dimension counts them, got a scalar.", nameof(tensor));
        return (RowSource?)ComputedRows.TryFrom(tensor) ?? new TensorRows(tensor);
    }

    /// <summary>Rows of a shape, one after the other in memory that is not copied.</summary>
    /// <exception cref="ArgumentException">The values do not fill whole rows.</exception>
    public static RowSource From<T>(ReadOnlyMemory<T> values, Shape rowShape) where T : unmanaged
    {
        if (rowShape.Size == 0 || values.Length % rowShape.Size != 0)
            throw new ArgumentException($"{values.Length:N0} values do not make whole rows of shape {rowShape}.", nameof(values));
        return new MemoryRows<T>(values, rowShape);
    }

    /// <summary>The rows of an array of any rank, read as having a shape of which the first dimension counts them. It is not copied.</summary>
    /// <exception cref="ArgumentException">The array is not of an element type, or does not fill the shape.</exception>
    public static RowSource From(Array values, Shape shape)
    {
        var type = DTypes.OfClrType(values.GetType().GetElementType()!)
            ?? throw new ArgumentException($"Data is float, double, int, long, byte or bool, got {values.GetType()}. Convert it first.", nameof(values));
        if (shape.Rank == 0 || shape.Size != values.LongLength) throw new ArgumentException($"{values.LongLength:N0} values do not fill shape {shape}.", nameof(values));
        return new ArrayRows(values, type, shape);
    }

    /// <summary>All rows as the tensor they are, where they are one; else null.</summary>
    public virtual Tensor? Whole => null;

    /// <summary>All rows as a tensor: the one they are, or a copy.</summary>
    public Tensor ToTensor()
    {
        if (Whole is { } tensor) return tensor;
        var rows = new int[Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = i;
        var values = new Storage((long)RowBytes * Count);
        Gather(rows, values.Span);
        return new Tensor(DType, RowShape.Prepend(Count), values);
    }

    /// <summary>Copies rows, one after the other; <paramref name="destination"/> has room for exactly these.</summary>
    public abstract void Gather(ReadOnlySpan<int> rows, Span<byte> destination);

    private sealed unsafe class TensorRows(Tensor tensor)
        : RowSource(tensor.DType, tensor.Shape[1..], tensor.Shape[0])
    {
        private readonly Storage storage = tensor.Evaluate();

        public override Tensor Whole => tensor;

        public override void Gather(ReadOnlySpan<int> rows, Span<byte> destination)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                // The pointer knows no bounds.
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rows[i], (uint)Count, nameof(rows));
                new ReadOnlySpan<byte>(storage.Pointer + (long)rows[i] * RowBytes, RowBytes).CopyTo(destination[(i * RowBytes)..]);
            }
            GC.KeepAlive(storage);
        }
    }

    private sealed class MemoryRows<T>(ReadOnlyMemory<T> values, Shape rowShape)
        : RowSource(DTypes.Of<T>(), rowShape, (int)(values.Length / rowShape.Size)) where T : unmanaged
    {
        public override void Gather(ReadOnlySpan<int> rows, Span<byte> destination)
        {
            var source = values.Span; // cut as values: more than 2 GB of them have no span of bytes
            var length = RowBytes / Unsafe.SizeOf<T>();
            for (var i = 0; i < rows.Length; i++)
                MemoryMarshal.AsBytes(source.Slice(rows[i] * length, length)).CopyTo(destination[(i * RowBytes)..]);
        }
    }

    private sealed class ArrayRows(Array values, DType type, Shape shape) : RowSource(type, shape[1..], shape[0])
    {
        public override void Gather(ReadOnlySpan<int> rows, Span<byte> destination)
        {
            if (RowBytes == 0 || rows.Length == 0) return;
            ref var start = ref MemoryMarshal.GetArrayDataReference(values);
            for (var i = 0; i < rows.Length; i++)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rows[i], (uint)Count, nameof(rows)); // a reference knows no bounds
                ref var row = ref Unsafe.Add(ref start, (nint)rows[i] * RowBytes);
                MemoryMarshal.CreateReadOnlySpan(ref row, RowBytes).CopyTo(destination[(i * RowBytes)..]);
            }
        }
    }
}
