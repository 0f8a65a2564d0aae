namespace Hero;

/// <summary>The type of a tensor's elements.</summary>
public enum DType
{
    /// <summary>32-bit IEEE floating point: the working type.</summary>
    Float32,

    /// <summary>64-bit IEEE floating point.</summary>
    Float64,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>8-bit unsigned integer: pictures.</summary>
    UInt8,

    /// <summary>A truth value in one byte, 0 or 1.</summary>
    Bool,
}

/// <summary>What the rest of the engine asks about a <see cref="DType"/>.</summary>
internal static class DTypes
{
    /// <summary>Bytes an element takes.</summary>
    public static int Size(DType type) => type switch
    {
        DType.Float32 or DType.Int32 => 4,
        DType.Float64 or DType.Int64 => 8,
        DType.UInt8 or DType.Bool => 1,
        _ => throw Unknown(type),
    };

    /// <summary>The type's name as NumPy writes it: "float32", "bool".</summary>
    public static string Name(DType type) => type switch
    {
        DType.Float32 => "float32",
        DType.Float64 => "float64",
        DType.Int32 => "int32",
        DType.Int64 => "int64",
        DType.UInt8 => "uint8",
        DType.Bool => "bool",
        _ => throw Unknown(type),
    };

    /// <summary>True for float32 and float64.</summary>
    public static bool IsFloating(DType type) => type is DType.Float32 or DType.Float64;

    /// <summary>True for int32, int64 and uint8; a bool is no integer.</summary>
    public static bool IsInteger(DType type) => type is DType.Int32 or DType.Int64 or DType.UInt8;

    /// <summary>The type of tensors made from C# values of <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is no element type.</exception>
    public static DType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return DType.Float32;
        if (typeof(T) == typeof(double)) return DType.Float64;
        if (typeof(T) == typeof(int)) return DType.Int32;
        if (typeof(T) == typeof(long)) return DType.Int64;
        if (typeof(T) == typeof(byte)) return DType.UInt8;
        if (typeof(T) == typeof(bool)) return DType.Bool;
        throw new NotSupportedException(
            $"A tensor cannot hold {typeof(T)}: expected float, double, int, long, byte or bool. Convert the values first.");
    }

    private static ArgumentOutOfRangeException Unknown(DType type) => new(nameof(type), type, "No such element type.");
}
