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

    /// <summary>A tensor with the value of an expression, made when it is written.</summary>
    public static SafetensorsTensor From(string name, Tensor tensor) => new(name, SafetensorsTypes.From(tensor.DType),
        Array.ConvertAll(tensor.Shape.ToArray(), dimension => (long)dimension), stream => Write(tensor, stream));

    // By pointer and in parts: a span holds less than 2 GB.
    private static unsafe void Write(Tensor tensor, Stream stream)
    {
        const int Part = 1 << 24;
        var storage = tensor.Evaluate();
        var bytes = tensor.Size * DTypes.Size(tensor.DType);
        for (var done = 0L; done < bytes; done += Part)
            stream.Write(new ReadOnlySpan<byte>(storage.Pointer + done, (int)Math.Min(Part, bytes - done)));
        GC.KeepAlive(storage);
    }
}
