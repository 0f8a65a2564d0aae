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

    /// <summary>The rows of a tensor: its first dimension counts them. Its value is made now and not copied.</summary>
    /// <exception cref="ArgumentException">The tensor is a scalar.</exception>
    public static RowSource From(Tensor tensor)
    {
        if (tensor.Rank == 0) throw new ArgumentException("Rows need a tensor whose first dimension counts them, got a scalar.", nameof(tensor));
        return new TensorRows(tensor);
    }

    /// <summary>Rows of a shape, one after the other in memory that is not copied.</summary>
    /// <exception cref="ArgumentException">The values do not fill whole rows.</exception>
    public static RowSource From<T>(ReadOnlyMemory<T> values, Shape rowShape) where T : unmanaged
    {
        if (rowShape.Size == 0 || values.Length % rowShape.Size != 0)
            throw new ArgumentException($"{values.Length:N0} values do not make whole rows of shape {rowShape}.", nameof(values));
        return new MemoryRows<T>(values, rowShape);
    }

    /// <summary>Copies rows, one after the other; <paramref name="destination"/> has room for exactly these.</summary>
    public abstract void Gather(ReadOnlySpan<int> rows, Span<byte> destination);

    private sealed unsafe class TensorRows(Tensor tensor)
        : RowSource(tensor.DType, tensor.Shape[1..], tensor.Shape[0])
    {
        private readonly Storage storage = tensor.Evaluate();

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
}
