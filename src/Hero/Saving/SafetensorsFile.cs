using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hero.Saving;

/// <summary>
/// A safetensors file opened for reading: names, types and shapes at once, the values when they are asked for. Format: 8 bytes
/// with the header's length, the header as JSON, the values, little-endian; see github.com/huggingface/safetensors.
/// The file is read, not mapped: a mapped file that shrinks under its reader ends the process. Reading is thread safe.
/// </summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int PrefixBytes = 8;

    private readonly Stream stream;
    private readonly Lock gate = new();
    private readonly SafetensorsHeader header;
    private readonly Dictionary<string, SafetensorsEntry> byName;
    private readonly long dataStart;

    private SafetensorsFile(Stream stream, string name)
    {
        this.stream = stream;
        Name = name;
        var length = stream.Length;
        if (length < PrefixBytes) throw Damaged(name, $"expected at least {PrefixBytes} bytes, got {length}");
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        ReadAt(0, prefix);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerBytes > SafetensorsHeader.MaxBytes || headerBytes > (ulong)(length - PrefixBytes))
        {
            throw Damaged(name, $"expected a header of at most {Math.Min(SafetensorsHeader.MaxBytes, length - PrefixBytes):N0} bytes, " +
                $"the file says {headerBytes:N0}");
        }
        var json = new byte[headerBytes];
        ReadAt(PrefixBytes, json);
        dataStart = PrefixBytes + json.Length;
        header = SafetensorsHeader.Parse(json, length - dataStart, name);
        byName = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => header.Entries;

    /// <summary>The free texts of the file (<c>__metadata__</c>).</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="ModelFileException">The file has no such tensor.</exception>
    public SafetensorsEntry this[string name] => byName.TryGetValue(name, out var entry)
        ? entry
        : throw new ModelFileException($"'{Name}' has no tensor '{name}'; it has {Listing()}.");

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <exception cref="ModelFileException">It is no sound safetensors file.</exception>
    /// <exception cref="IOException">It cannot be read (or <see cref="FileNotFoundException"/>: it is not there).</exception>
    public static SafetensorsFile Open(string path) => Directory.Exists(path)
        ? throw new ModelFileException($"'{path}' is a folder; expected a .safetensors file.")
        : Open(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0), path);

    /// <summary>Opens the bytes of a stream that can seek; the stream is closed with the file, or when it is not sound.</summary>
    /// <exception cref="ModelFileException">They are no sound safetensors file.</exception>
    public static SafetensorsFile Open(Stream stream, string name)
    {
        try
        {
            return new SafetensorsFile(stream, name);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Finds the tensor of a name.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SafetensorsEntry? entry) =>
        byName.TryGetValue(name, out entry);

    /// <summary>Reads a tensor's bytes, or a part of them from <paramref name="offset"/> on. Truth values come as 0 or 1 whatever byte is stored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the tensor.</exception>
    /// <exception cref="ModelFileException">The file has become shorter since it was opened.</exception>
    public void ReadBytes(SafetensorsEntry entry, Span<byte> destination, long offset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, entry.ByteCount - offset, nameof(destination));
        ReadAt(dataStart + entry.Begin + offset, destination);
        if (entry.Type == SafetensorsType.Bool)
            foreach (ref var value in destination) value = value == 0 ? (byte)0 : (byte)1;
    }

    /// <summary>Reads a whole tensor of element type <typeparamref name="T"/>.</summary>
    /// <exception cref="ModelFileException">The tensor has another type or another number of elements than asked for.</exception>
    public void Read<T>(SafetensorsEntry entry, Span<T> destination) where T : unmanaged
    {
        if (entry.DType != DTypes.Of<T>()) throw Mismatch(entry, DTypes.Name(DTypes.Of<T>()));
        CheckCount(entry, destination.Length);
        ReadBytes(entry, MemoryMarshal.AsBytes(destination));
    }

    /// <summary>Reads a whole tensor as the type it is stored in; float16, which tensors do not have, becomes float32.</summary>
    /// <exception cref="ModelFileException">It is stored in a type that cannot be held, or is larger than a tensor can be.</exception>
    public unsafe Tensor ReadTensor(SafetensorsEntry entry)
    {
        const int Part = 1 << 24;
        var narrow = entry.Type == SafetensorsType.F16;
        if ((narrow ? DType.Float32 : entry.DType) is not { } type) throw Mismatch(entry, "a type that a tensor can hold");
        if (entry.Shape.Any(dimension => dimension > int.MaxValue)) throw new ModelFileException($"Tensor '{entry.Name}' of '{Name}': shape {entry.ShapeText} is larger than a tensor can be.");
        var storage = new Storage(entry.Count * DTypes.Size(type));
        if (narrow) ReadSingles(entry, storage.As<float>());
        else
        {
            for (var done = 0L; done < entry.ByteCount; done += Part)
                ReadBytes(entry, new Span<byte>(storage.Pointer + done, (int)Math.Min(Part, entry.ByteCount - done)), done);
        }
        return new Tensor(type, new Shape(entry.Shape.Select(dimension => (int)dimension).ToArray()), storage);
    }

    /// <summary>Reads a whole float tensor stored as F32, F16 or BF16; the narrow ones widen exactly.</summary>
    /// <exception cref="ModelFileException">The tensor has another type or another number of elements than asked for.</exception>
    public void ReadSingles(SafetensorsEntry entry, Span<float> destination)
    {
        if (entry.Type is SafetensorsType.F16 or SafetensorsType.BF16) ReadNarrow(entry, destination);
        else if (entry.Type == SafetensorsType.F32) Read(entry, destination);
        else throw Mismatch(entry, "a float type (F32, F16 or BF16)");
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    internal static ModelFileException Damaged(string name, string what, Exception? cause = null) =>
        new($"'{name}' is no sound safetensors file: {what}.", cause);

    private void ReadNarrow(SafetensorsEntry entry, Span<float> destination)
    {
        CheckCount(entry, destination.Length);
        // The narrow values are read into the second half of the destination and widened from the front: no memory is taken, and
        // every value is read before its place is written over.
        var bytes = MemoryMarshal.AsBytes(destination)[(destination.Length * sizeof(ushort))..];
        ReadBytes(entry, bytes);
        var narrow = MemoryMarshal.Cast<byte, ushort>(bytes);
        if (entry.Type == SafetensorsType.F16)
            for (var i = 0; i < narrow.Length; i++) destination[i] = (float)BitConverter.UInt16BitsToHalf(narrow[i]);
        else
            for (var i = 0; i < narrow.Length; i++) destination[i] = BitConverter.UInt32BitsToSingle((uint)narrow[i] << 16);
    }

    private void CheckCount(SafetensorsEntry entry, int count)
    {
        if (entry.Count != count)
            throw new ModelFileException($"Tensor '{entry.Name}' of '{Name}': expected {count:N0} values, it has {entry.Count:N0}, shape {entry.ShapeText}.");
    }

    private ModelFileException Mismatch(SafetensorsEntry entry, string expected) =>
        new($"Tensor '{entry.Name}' of '{Name}': expected {expected}, it is stored as {SafetensorsTypes.Name(entry.Type)}.");

    private void ReadAt(long position, Span<byte> destination)
    {
        lock (gate)
        {
            stream.Position = position;
            var got = stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            if (got < destination.Length)
                throw Damaged(Name, $"expected {destination.Length:N0} bytes at {position:N0}, got {got:N0}: the file was cut while it was read");
        }
    }

    private string Listing()
    {
        const int Shown = 8;
        if (Entries.Count == 0) return "none at all";
        var names = string.Join(", ", Entries.Take(Shown).Select(entry => $"'{entry.Name}'"));
        return Entries.Count <= Shown ? names : $"{names} and {Entries.Count - Shown:N0} more";
    }
}
