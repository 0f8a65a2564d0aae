using System.Runtime.InteropServices;

namespace Hero.Saving;

/// <summary>A tensor to be written: what it is, and how its bytes (little-endian, row-major) come.</summary>
/// <param name="Name">Its name; "__metadata__" is taken by the format.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="WriteData">Writes exactly the bytes shape and type call for.</param>
internal sealed record SafetensorsTensor(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, Action<Stream> WriteData)
{
    /// <summary>A tensor with the values of an array.</summary>
    public static SafetensorsTensor From<T>(string name, ReadOnlyMemory<T> values, params long[] shape) where T : unmanaged =>
        new(name, SafetensorsTypes.From(DTypes.Of<T>()), shape, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));
}
