using System.Text;
using CsvHelper;

namespace Hero.Vision.Retraining;

/// <summary>
/// Which pictures belong together: frames of one scene, photographs of one object. A group stays on one side of the split, or
/// the test would ask for what the training has shown. Read from a CSV file with the columns file, label and group.
/// </summary>
internal sealed class PictureGroups
{
    private static readonly CsvReaderOptions Settings = new() { TrimWhitespace = true, MaxRecordSize = 1 << 20 };

    private readonly Dictionary<string, string> groups;

    private PictureGroups(Dictionary<string, string> groups) => this.groups = groups;

    /// <summary>How many pictures the file names.</summary>
    public int Count => groups.Count;

    /// <summary>How many groups they form.</summary>
    public int GroupCount => groups.Values.Distinct(StringComparer.Ordinal).Count();

    /// <summary>The group of a picture, or null where the file does not name it.</summary>
    public string? Of(string label, string fileName) => groups.GetValueOrDefault($"{label}/{fileName}");

    /// <summary>Reads the file. Of a picture's path only the file name counts, its folder is the label.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a row is incomplete, or a picture is in two groups; the message names the row.</exception>
    public static PictureGroups Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no groups file '{path}'. Expected a CSV file with the columns file, label and group.", path);
        using var reader = new StreamReader(path);
        return Read(reader, path);
    }

    /// <summary>As <see cref="Read(string)"/>, from an open text; <paramref name="source"/> is its name in messages.</summary>
    public static PictureGroups Read(TextReader reader, string source)
    {
        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var csv = CsvReader.Create(reader, Settings, leaveOpen: true);
            var found = true;
            var (file, label, group) = (Column("file"), Column("label"), Column("group"));
            if (!found) throw Wrong(source, $"expected the columns file, label and group, got {(csv.Headers.Count == 0 ? "nothing" : string.Join(", ", csv.Headers))}");
            while (csv.Read())
            {
                if (csv.FieldCount <= Math.Max(file, Math.Max(label, group)) || csv.IsEmpty(file) || csv.IsEmpty(label) || csv.IsEmpty(group))
                    throw Wrong(source, $"row {csv.RowNumber} needs a file, a label and a group, got '{Encoding.UTF8.GetString(csv.RawRecord)}'");
                var path = csv.GetString(file);
                var key = $"{csv.GetString(label)}/{path[(path.LastIndexOfAny(['/', '\\']) + 1)..]}";
                var name = csv.GetString(group);
                if (!groups.TryAdd(key, name) && groups[key] != name)
                    throw Wrong(source, $"row {csv.RowNumber} puts '{key}' into group {name}, an earlier row into group {groups[key]}");
            }

            int Column(string title)
            {
                found &= csv.TryGetFieldIndex(title, out var index);
                return index;
            }
        }
        catch (CsvFormatException error)
        {
            throw new InvalidDataException($"Groups file '{source}': row {error.RecordNumber} cannot be read as CSV.", error);
        }
        return new PictureGroups(groups);
    }

    private static InvalidDataException Wrong(string source, string what) => new($"Groups file '{source}': {what}.");
}
