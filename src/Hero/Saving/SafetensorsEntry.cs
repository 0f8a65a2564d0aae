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
        var bits = (Int128)SafetensorsTypes.Bits(type);
        var count = Int128.One;
        foreach (var dimension in shape)
        {
            count *= dimension;
            if (count < 0 || count > (Int128)long.MaxValue * 8 / bits) return -1; // below 0: even 128 bits were not enough
        }
        bits *= count;
        return bits % 8 == 0 ? (long)(bits / 8) : -1;
    }
}
