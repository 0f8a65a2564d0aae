using System.Text;
using CsvHelper;

namespace Hero.Data;

/// <summary>Reads tables from text files with a line per row and a first line of column names (RFC 4180; quoted fields may hold line ends). Empty lines are passed over.</summary>
public static class Csv
{
    // One quotation mark that is never closed is not to take the rest of a large file for a field.
    private const int MaxRowBytes = 1 << 24;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="delimiter">What stands between two fields.</param>
    /// <exception cref="InvalidDataException">It is no table; the message names the line, what was expected and what came.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Table Read(string path, char delimiter = ',')
    {
        using var reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        return Read(reader, path, delimiter);
    }

    /// <summary>Reads text to its end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="delimiter">What stands between two fields.</param>
    /// <exception cref="InvalidDataException">It is no table.</exception>
    public static Table Read(TextReader text, string name, char delimiter = ',')
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(name);
        var options = new CsvReaderOptions
        {
            Separator = delimiter,
            TrimWhitespace = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            TrackLineNumbers = true,
            MaxRecordSize = MaxRowBytes,
        };
        using var reader = CsvReader.Create(text, options, leaveOpen: true);
        try
        {
            return ReadRows(reader, name);
        }
        catch (CsvFormatException error)
        {
            throw new InvalidDataException($"'{name}' is no table: {error.Message}", error);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException($"'{name}' is no table: it is not UTF-8 text. Save it as UTF-8.", error);
        }
    }

    private static Table ReadRows(CsvReader reader, string name)
    {
        string[] names = [.. reader.Headers];
        if (names.Length == 0) throw new InvalidDataException($"'{name}' is no table: expected a first line of column names, got an empty file.");
        var repeated = names.GroupBy(column => column).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null) throw new InvalidDataException($"'{name}' is no table: two columns are named '{Shorten(repeated.Key)}'.");

        var columns = Array.ConvertAll(names, _ => new List<string>());
        while (reader.Read())
        {
            if (reader.FieldCount != names.Length)
            {
                throw new InvalidDataException($"'{name}', line {reader.LineNumber:N0}: expected {names.Length:N0} fields as in the first line, " +
                    $"got {reader.FieldCount:N0}: {Shorten(Encoding.UTF8.GetString(reader.RawRecord))}");
            }
            for (var column = 0; column < names.Length; column++) columns[column].Add(reader.GetString(column));
        }
        return new Table(name, names, Array.ConvertAll(columns, column => column.ToArray()));
    }

    private static string Shorten(string text)
    {
        const int Shown = 80;
        return text.Length <= Shown ? text : text[..Shown] + "...";
    }
}
