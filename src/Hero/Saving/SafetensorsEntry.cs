namespace Hero.Saving;

/// <summary>One tensor of a safetensors file: where it lies and what it is. Only made after every figure has been checked.</summary>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>The bytes the tensor takes.</summary>
    public long ByteCount => End - Begin;

    /// <summary>How many elements the tensor has: the product of its shape.</summary>
    public long Count => ByteCount * 8 / SafetensorsTypes.Bits(Type);

    /// <summary>The tensor's element type; null for the stored types that tensors do not have (float16, int8 ...).</summary>
    public DType? DType => SafetensorsTypes.ToDType(Type);

    /// <summary>The shape as messages write it: "(2, 3)".</summary>
    public string ShapeText => $"({string.Join(", ", Shape)}{(Shape.Count == 1 ? ",)" : ")")}";

    /// <summary>
    /// The bytes of a tensor of this shape and type, or -1 where the figure does not fit 63 bits or a packed type leaves a byte
    /// half filled. The running product may not overflow even where a later dimension is 0, as in the reference.
    /// </summary>
    public static long BytesOf(IReadOnlyList<long> shape, SafetensorsType type)
    {
        var bits = (ulong)SafetensorsTypes.Bits(type);
        var count = 1UL;
        for (var axis = 0; axis < shape.Count; axis++)
        {
            if (Math.BigMul(count, (ulong)shape[axis], out count) != 0) return -1;
            // Eight elements take as many bytes as one takes bits.
            if (Math.BigMul(count / 8, bits, out var bytes) != 0 || bytes > long.MaxValue - (count % 8 * bits + 7) / 8) return -1;
        }
        var rest = count % 8 * bits;
        return rest % 8 == 0 ? (long)(count / 8 * bits + rest / 8) : -1;
    }
}
