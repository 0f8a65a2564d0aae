using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hero.Data;

/// <summary>Rows of equal size in memory, from which those of a batch are gathered: one input or one target of a training set.</summary>
internal abstract class RowSource
{
    private protected RowSource(int count, int rowBytes)
    {
        Count = count;
        RowBytes = rowBytes;
    }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>The bytes of a row.</summary>
    public int RowBytes { get; }

    /// <summary>Rows of <paramref name="rowLength"/> values each. The memory is not copied.</summary>
    /// <exception cref="ArgumentException">The values do not fill whole rows.</exception>
    public static RowSource From<T>(ReadOnlyMemory<T> values, int rowLength) where T : unmanaged => new MemoryRows<T>(values, rowLength);

    /// <summary>Copies rows, one after the other; <paramref name="destination"/> has room for exactly these.</summary>
    public abstract void Gather(ReadOnlySpan<int> rows, Span<byte> destination);

    private sealed class MemoryRows<T> : RowSource where T : unmanaged
    {
        private readonly ReadOnlyMemory<T> values;
        private readonly int rowLength;

        public MemoryRows(ReadOnlyMemory<T> values, int rowLength)
            : base(rowLength > 0 ? values.Length / rowLength : 0, checked(Math.Max(rowLength, 0) * Unsafe.SizeOf<T>()))
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowLength);
            if (values.Length % rowLength != 0)
                throw new ArgumentException($"{values.Length:N0} values do not make whole rows of {rowLength:N0}.", nameof(values));
            this.values = values;
            this.rowLength = rowLength;
        }

        public override void Gather(ReadOnlySpan<int> rows, Span<byte> destination)
        {
            var source = values.Span; // cut as values: more than 2 GB of them have no span of bytes
            for (var i = 0; i < rows.Length; i++)
                MemoryMarshal.AsBytes(source.Slice(rows[i] * rowLength, rowLength)).CopyTo(destination[(i * RowBytes)..]);
        }
    }
}
