using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Hero.Data;

/// <summary>
/// Reads IDX files, the format of MNIST and its relatives, plain or gzip compressed: two zero bytes, the element type, the number
/// of dimensions, the dimensions and the values, all big-endian. Source: yann.lecun.com/exdb/mnist.
/// </summary>
public static class Idx
{
    /// <summary>The most bytes of values that are read unless another limit is given: 1 GiB.</summary>
    public const long DefaultMaxBytes = 1L << 30;

    private const int FirstChunk = 1 << 20;

    // Pictures and the like seldom shrink more.
    private const int UsualRatio = 8;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; compressed or not is seen from its content.</param>
    /// <param name="maxBytes">A file whose values take more bytes is refused before memory is taken.</param>
    /// <exception cref="InvalidDataException">It is no sound IDX file; the message says what was expected and what came.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IdxArray Read(string path, long maxBytes = DefaultMaxBytes)
    {
        using var file = File.OpenRead(path);
        return Read(file, path, maxBytes);
    }

    /// <summary>Reads a stream from where it stands to its end.</summary>
    /// <param name="stream">The bytes of an IDX file, compressed or not; it must be able to seek.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="maxBytes">A file whose values take more bytes is refused before memory is taken.</param>
    /// <exception cref="InvalidDataException">They are no sound IDX file.</exception>
    public static IdxArray Read(Stream stream, string name, long maxBytes = DefaultMaxBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        var start = stream.Position;
        var compressed = stream.ReadByte() == 0x1f && stream.ReadByte() == 0x8b;
        stream.Position = start;
        var expected = (stream.Length - start) * (compressed ? UsualRatio : 1);
        if (!compressed) return ReadPlain(stream, name, maxBytes, expected);
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
        return ReadPlain(unzipped, name, maxBytes, expected);
    }

    private static IdxArray ReadPlain(Stream stream, string name, long maxBytes, long expected)
    {
        Span<byte> magic = stackalloc byte[4];
        magic = magic[..Fill(stream, magic, name)];
        if (magic.Length < 4 || magic[0] != 0 || magic[1] != 0)
        {
            throw Error(name, "expected it to start with two zero bytes, an element type and a number of dimensions, got " +
                (magic.IsEmpty ? "an empty file" : Convert.ToHexString(magic)));
        }
        var (type, size) = ElementOf(magic[2], name);
        var rank = magic[3];
        if (rank == 0) throw Error(name, "expected at least one dimension, got none");

        Span<byte> dimensions = stackalloc byte[4 * rank];
        if (Fill(stream, dimensions, name) < dimensions.Length) throw Error(name, $"it ends within its {rank} dimensions");
        var shape = new int[rank];
        var count = 1L;
        for (var axis = 0; axis < rank; axis++)
        {
            shape[axis] = BinaryPrimitives.ReadInt32BigEndian(dimensions[(4 * axis)..]);
            if (shape[axis] < 0) throw Error(name, $"dimension {axis} is {(uint)shape[axis]:N0}, more than {int.MaxValue:N0}");
            if (shape[axis] > 0 && count > long.MaxValue / 8 / shape[axis]) throw Error(name, "its dimensions multiply to no possible size");
            count *= shape[axis];
        }
        var limit = Math.Min(maxBytes, Array.MaxLength);
        if (count * size > limit) throw Error(name, $"shape ({string.Join(", ", shape)}) of {type.Name} takes {count * size:N0} bytes; the limit is {limit:N0}");

        var bytes = ReadValues(stream, (int)(count * size), name, expected);
        return new IdxArray(ToArray(magic[2], bytes), shape);
    }

    // Memory grows with what really comes: a few bytes that promise a gigabyte cost nothing.
    private static byte[] ReadValues(Stream stream, int length, string name, long expected)
    {
        var bytes = new byte[Math.Min(length, Math.Max(expected, FirstChunk))];
        var got = 0;
        while (true)
        {
            got += Fill(stream, bytes.AsSpan(got), name);
            if (got < bytes.Length) throw Error(name, $"expected {length:N0} bytes of values, it ends after {got:N0}");
            if (got == length) break;
            Array.Resize(ref bytes, (int)Math.Min(length, 2L * bytes.Length));
        }
        if (Fill(stream, stackalloc byte[1], name) > 0) throw Error(name, $"expected {length:N0} bytes of values, more follow");
        return bytes;
    }

    private static int Fill(Stream stream, Span<byte> destination, string name)
    {
        try
        {
            return stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw Error(name, $"its compressed content is damaged ({error.Message})", error);
        }
    }

    private static (Type Type, int Size) ElementOf(byte code, string name) => code switch
    {
        0x08 => (typeof(byte), 1),
        0x09 => (typeof(sbyte), 1),
        0x0B => (typeof(short), 2),
        0x0C => (typeof(int), 4),
        0x0D => (typeof(float), 4),
        0x0E => (typeof(double), 8),
        _ => throw Error(name, $"expected an element type of 08, 09, 0B, 0C, 0D or 0E, got {code:X2}"),
    };

    private static Array ToArray(byte code, byte[] bytes) => code switch
    {
        0x08 => bytes,
        0x09 => MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(),
        0x0B => Swap(bytes, BinaryPrimitives.ReadInt16BigEndian),
        0x0C => Swap(bytes, BinaryPrimitives.ReadInt32BigEndian),
        0x0D => Swap(bytes, BinaryPrimitives.ReadSingleBigEndian),
        _ => Swap(bytes, BinaryPrimitives.ReadDoubleBigEndian),
    };

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    private static T[] Swap<T>(byte[] bytes, Reader<T> read) where T : unmanaged
    {
        var size = Marshal.SizeOf<T>();
        var values = new T[bytes.Length / size];
        for (var i = 0; i < values.Length; i++) values[i] = read(bytes.AsSpan(i * size, size));
        return values;
    }

    private static InvalidDataException Error(string name, string what, Exception? cause = null) =>
        new($"'{name}' is no sound IDX file: {what}.", cause);
}
