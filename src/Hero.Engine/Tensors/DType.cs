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

    /// <summary>16-bit <see cref="Hero.BFloat16"/>: a form of storage, at half of float32's memory. Arithmetic on it is done in float32.</summary>
    BFloat16,
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
        DType.BFloat16 => 2,
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
        DType.BFloat16 => "bfloat16",
        _ => throw Unknown(type),
    };

    /// <summary>True for float32, float64 and bfloat16.</summary>
    public static bool IsFloating(DType type) => type is DType.Float32 or DType.Float64 or DType.BFloat16;

    /// <summary>The type that numbers of a type are calculated in: float32 for bfloat16, otherwise the type itself.</summary>
    public static DType Arithmetic(DType type) => type == DType.BFloat16 ? DType.Float32 : type;

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
        if (typeof(T) == typeof(BFloat16)) return DType.BFloat16;
        throw new NotSupportedException(
            $"A tensor cannot hold {typeof(T)}: expected float, double, int, long, byte, bool or BFloat16. Convert the values first.");
    }

    /// <summary>The C# type of an element.</summary>
    public static Type ClrType(DType type) => type switch
    {
        DType.Float32 => typeof(float),
        DType.Float64 => typeof(double),
        DType.Int32 => typeof(int),
        DType.Int64 => typeof(long),
        DType.UInt8 => typeof(byte),
        DType.Bool => typeof(bool),
        DType.BFloat16 => typeof(BFloat16),
        _ => throw Unknown(type),
    };

    /// <summary>The type of elements of a C# type; null where there is none.</summary>
    public static DType? OfClrType(Type type) =>
        type == typeof(float) ? DType.Float32
        : type == typeof(double) ? DType.Float64
        : type == typeof(int) ? DType.Int32
        : type == typeof(long) ? DType.Int64
        : type == typeof(byte) ? DType.UInt8
        : type == typeof(bool) ? DType.Bool
        : type == typeof(BFloat16) ? DType.BFloat16
        : null;

    /// <summary>The type both go to when they meet: bool, uint8, int32, int64, bfloat16, float32, float64, the later of the two (as PyTorch).</summary>
    public static DType Promote(DType left, DType right) => Order(left) >= Order(right) ? left : right;

    private static int Order(DType type) => type switch
    {
        DType.Bool => 0,
        DType.UInt8 => 1,
        DType.Int32 => 2,
        DType.Int64 => 3,
        DType.BFloat16 => 4,
        DType.Float32 => 5,
        DType.Float64 => 6,
        _ => throw Unknown(type),
    };

    private static ArgumentOutOfRangeException Unknown(DType type) => new(nameof(type), type, "No such element type.");
}
