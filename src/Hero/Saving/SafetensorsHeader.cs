using System.Text;
using System.Text.Json;

namespace Hero.Saving;

/// <summary>
/// Reads the JSON header of a safetensors file and proves it: known types, no name twice, shapes that give exactly the bytes
/// they claim, and tensors that cover the data without overlap or hole.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header that is read, in bytes: the reference's limit.</summary>
    public const int MaxBytes = 100_000_000;

    private const int MaxTensors = 1_000_000;
    private const int MaxRank = 64;
    private const string MetadataKey = "__metadata__";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    private readonly string source;
    private readonly List<SafetensorsEntry> entries = [];
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string source) => this.source = source;

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => entries;

    /// <summary>The free texts of the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Reads a header.</summary>
    /// <param name="json">The header's bytes, padding included.</param>
    /// <param name="dataBytes">The bytes that follow it in the file.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="ModelFileException">The header breaks a rule of the format.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes, string source)
    {
        var header = new SafetensorsHeader(source);
        if (json.IsEmpty || json[0] != (byte)'{') throw header.Error("the header must start with '{'");
        if (!System.Text.Unicode.Utf8.IsValid(json)) throw header.Error("the header is not UTF-8 text");
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            header.ReadTop(ref reader);
        }
        catch (JsonException error)
        {
            throw header.Error($"the header is not valid JSON ({error.Message})", error);
        }
        catch (InvalidOperationException error)
        {
            // How the JSON reader reports an escape like \ud800 that is half a character.
            throw header.Error("the header holds text that is no valid Unicode", error);
        }
        header.CheckCover(dataBytes);
        return header;
    }

    private void ReadTop(ref Utf8JsonReader reader)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.Read();
        while (ReadName(ref reader, names, "the header") is { } name)
        {
            if (name == MetadataKey) ReadMetadata(ref reader);
            else
            {
                if (entries.Count == MaxTensors) throw Error($"expected at most {MaxTensors:N0} tensors, the header has more");
                entries.Add(ReadEntry(ref reader, name));
            }
        }
        reader.Read(); // only white space may follow; the reader throws at anything else
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataKey, "an object of texts");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (ReadName(ref reader, keys, MetadataKey) is { } key)
        {
            Expect(ref reader, JsonTokenType.String, $"{MetadataKey} {Quoted(key)}", "a text");
            metadata.Add(key, reader.GetString()!);
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        var where = $"tensor {Quoted(name)}";
        SafetensorsType? type = null;
        List<long>? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, where, "an object");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (ReadName(ref reader, keys, where) is { } key)
        {
            switch (key)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String, where, "a text as dtype");
                    var typeName = reader.GetString()!;
                    if (!SafetensorsTypes.TryParse(typeName, out var parsed))
                        throw Error($"{where}: expected a dtype of {SafetensorsTypes.AllNames}, got {Quoted(typeName)}");
                    type = parsed;
                    break;
                case "shape":
                    shape = ReadSizes(ref reader, where, key, MaxRank);
                    break;
                case "data_offsets":
                    offsets = ReadSizes(ref reader, where, key, 2);
                    break;
                default:
                    reader.Read();
                    reader.Skip();
                    break;
            }
        }
        if (type is null || shape is null || offsets is null)
            throw Error($"{where}: expected dtype, shape and data_offsets, got {(keys.Count == 0 ? "nothing" : string.Join(", ", keys.Take(4).Select(Quoted)))}");
        if (offsets.Count != 2) throw Error($"{where}: expected two data_offsets, got {offsets.Count}");

        var entry = new SafetensorsEntry(name, type.Value, shape.ToArray(), offsets[0], offsets[1]);
        var bytes = SafetensorsEntry.BytesOf(shape, type.Value);
        if (bytes < 0) throw Error($"{where}: shape {entry.ShapeText} of {SafetensorsTypes.Name(entry.Type)} is no possible size");
        if (entry.End < entry.Begin || entry.ByteCount != bytes)
        {
            throw Error($"{where}: shape {entry.ShapeText} of {SafetensorsTypes.Name(entry.Type)} takes {bytes:N0} bytes, " +
                $"but data_offsets are [{entry.Begin}, {entry.End}]");
        }
        return entry;
    }

    private List<long> ReadSizes(ref Utf8JsonReader reader, string where, string key, int limit)
    {
        Expect(ref reader, JsonTokenType.StartArray, where, $"an array as {key}");
        var sizes = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0)
                throw Error($"{where}: {key} must hold whole numbers from 0 to {long.MaxValue}");
            if (sizes.Count == limit) throw Error($"{where}: expected at most {limit} numbers as {key}");
            sizes.Add(size);
        }
        return sizes;
    }

    // The next property's name, or null at the end of the object. The same name twice is refused: readers would differ in which counts.
    private string? ReadName(ref Utf8JsonReader reader, HashSet<string> seen, string where)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject) return null;
        var name = reader.GetString()!;
        if (!seen.Add(name)) throw Error($"{where} has {Quoted(name)} twice");
        return name;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType token, string where, string expected)
    {
        reader.Read();
        if (reader.TokenType != token) throw Error($"{where}: expected {expected}, got {reader.TokenType}");
    }

    private void CheckCover(long dataBytes)
    {
        entries.Sort(static (left, right) =>
        {
            var order = left.Begin.CompareTo(right.Begin);
            if (order == 0) order = left.End.CompareTo(right.End);
            return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
        });
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != end)
            {
                throw Error($"tensor {Quoted(entry.Name)} begins at byte {entry.Begin:N0} of the data where the one before it ends at {end:N0}: " +
                    (entry.Begin < end ? "they overlap" : "there is a hole"));
            }
            end = entry.End;
        }
        if (end != dataBytes)
            throw Error($"the tensors take {end:N0} bytes, but {dataBytes:N0} follow the header{(end > dataBytes ? ": the file is cut short" : "")}");
    }

    // Names come from a stranger: a message is not to be flooded by them, nor a terminal steered.
    private static string Quoted(string name)
    {
        const int Shown = 80;
        var text = name.Length <= Shown ? name : name[..Shown] + "...";
        return $"'{string.Concat(text.Select(c => char.IsControl(c) ? '?' : c))}'";
    }

    private ModelFileException Error(string what, Exception? cause = null) => SafetensorsFile.Damaged(source, what, cause);
}
