namespace Hero.Saving;

/// <summary>
/// The element types of the safetensors format, in the reference's order: it writes tensors by descending type, so that the
/// widest come first and every tensor is aligned.
/// </summary>
internal enum SafetensorsType
{
    Bool,
    F4,
    F6E2M3,
    F6E3M2,
    U8,
    I8,
    F8E5M2,
    F8E4M3,
    F8E8M0,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    C64,
    F64,
    I64,
    U64,
}

/// <summary>Names and widths of the <see cref="SafetensorsType"/>s, and which of them a tensor can hold.</summary>
internal static class SafetensorsTypes
{
    // Name and bits of every type, by its number.
    private static readonly (string Name, int Bits)[] Table =
    [
        ("BOOL", 8), ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("U8", 8), ("I8", 8), ("F8_E5M2", 8), ("F8_E4M3", 8),
        ("F8_E8M0", 8), ("I16", 16), ("U16", 16), ("F16", 16), ("BF16", 16), ("I32", 32), ("U32", 32), ("F32", 32),
        ("C64", 64), ("F64", 64), ("I64", 64), ("U64", 64),
    ];

    /// <summary>All names, for messages.</summary>
    public static string AllNames => string.Join(", ", Table.Select(row => row.Name));

    /// <summary>The type's name in a header: "F32".</summary>
    public static string Name(SafetensorsType type) => Table[(int)type].Name;

    /// <summary>The bits an element takes: less than a byte for the packed small floats.</summary>
    public static int Bits(SafetensorsType type) => Table[(int)type].Bits;

    /// <summary>Finds the type of a name in a header.</summary>
    public static bool TryParse(string name, out SafetensorsType type)
    {
        var index = Array.FindIndex(Table, row => row.Name == name);
        type = (SafetensorsType)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>How a tensor's element type is written.</summary>
    public static SafetensorsType From(DType type) => type switch
    {
        DType.Float32 => SafetensorsType.F32,
        DType.Float64 => SafetensorsType.F64,
        DType.Int32 => SafetensorsType.I32,
        DType.Int64 => SafetensorsType.I64,
        DType.UInt8 => SafetensorsType.U8,
        DType.Bool => SafetensorsType.Bool,
        DType.BFloat16 => SafetensorsType.BF16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such element type."),
    };

    /// <summary>The element type of the tensor a stored type becomes without change; null where tensors have no such type.</summary>
    public static DType? ToDType(SafetensorsType type) => type switch
    {
        SafetensorsType.F32 => DType.Float32,
        SafetensorsType.F64 => DType.Float64,
        SafetensorsType.I32 => DType.Int32,
        SafetensorsType.I64 => DType.Int64,
        SafetensorsType.U8 => DType.UInt8,
        SafetensorsType.Bool => DType.Bool,
        SafetensorsType.BF16 => DType.BFloat16,
        _ => null,
    };
}
