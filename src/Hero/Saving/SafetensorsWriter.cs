using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hero.Saving;

/// <summary>
/// Writes safetensors files, byte for byte the same for the same tensors in any order: by descending type, then by name, as the
/// reference does (so every tensor is aligned to its type); free texts by name; the header padded with spaces to 8 bytes.
/// </summary>
internal static class SafetensorsWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a file as a whole or not at all (<see cref="AtomicFile"/>).</summary>
    /// <exception cref="ArgumentException">A name twice, a reserved or an unwritable one, or an impossible shape.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    public static void Write(string path, IEnumerable<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var ordered = Order(tensors);
        AtomicFile.Write(path, stream => Write(stream, ordered, metadata, cancellationToken));
    }

    /// <summary>Writes to a stream from where it stands.</summary>
    /// <exception cref="ArgumentException">A name twice, a reserved or an unwritable one, or an impossible shape.</exception>
    public static void Write(Stream stream, IEnumerable<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        Write(stream, Order(tensors), metadata, cancellationToken);

    private static void Write(Stream stream, SafetensorsTensor[] ordered, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        var header = Header(ordered, metadata);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.WrittenCount);
        stream.Write(prefix);
        stream.Write(header.WrittenSpan);

        var counted = new CountingStream(stream);
        foreach (var tensor in ordered)
        {
            cancellationToken.ThrowIfCancellationRequested();
            counted.Written = 0;
            tensor.WriteData(counted);
            var expected = SafetensorsEntry.BytesOf(tensor.Shape, tensor.Type);
            if (counted.Written != expected)
                throw new InvalidOperationException($"Tensor '{tensor.Name}' wrote {counted.Written:N0} bytes, its shape and type call for {expected:N0}.");
        }
    }

    private static SafetensorsTensor[] Order(IEnumerable<SafetensorsTensor> tensors)
    {
        var ordered = tensors.ToArray();
        Array.Sort(ordered, static (left, right) =>
        {
            var order = right.Type.CompareTo(left.Type);
            return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
        });
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in ordered)
        {
            if (tensor.Name == "__metadata__") throw new ArgumentException("A tensor cannot be named '__metadata__': the format uses that name itself.");
            if (!names.Add(tensor.Name)) throw new ArgumentException($"Two tensors are named '{tensor.Name}': each name can be written once.");
            CheckText(tensor.Name);
            if (tensor.Shape.Any(dimension => dimension < 0) || SafetensorsEntry.BytesOf(tensor.Shape, tensor.Type) < 0)
                throw new ArgumentException($"Tensor '{tensor.Name}' has an impossible shape: [{string.Join(", ", tensor.Shape)}].");
        }
        return ordered;
    }

    private static ArrayBufferWriter<byte> Header(SafetensorsTensor[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, text) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    CheckText(key);
                    CheckText(text);
                    json.WriteString(key, text);
                }
                json.WriteEndObject();
            }
            var offset = 0L;
            foreach (var tensor in ordered)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafetensorsTypes.Name(tensor.Type));
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.Shape) json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += SafetensorsEntry.BytesOf(tensor.Shape, tensor.Type));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        var padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        if (buffer.WrittenCount > SafetensorsHeader.MaxBytes)
            throw new ArgumentException($"Names, shapes and free texts take {buffer.WrittenCount:N0} bytes; the format allows {SafetensorsHeader.MaxBytes:N0}.");
        return buffer;
    }

    // Half a surrogate pair would be replaced silently and read back as another name.
    private static void CheckText(string text)
    {
        try
        {
            _ = StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException($"'{text}' cannot be written: it is no valid Unicode.", error);
        }
    }
}
