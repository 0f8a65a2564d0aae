using System.Security.Cryptography;
using System.Text;

namespace Hero.Cpu;

/// <summary>
/// Choices that were measured, kept from process to process: a line of text for each, shape and choice with a tab between them, under a
/// first line that names machine and engine. Of a file that does not begin so, or is damaged, what cannot be read is left out. Processes that
/// write at the same time may lose each other's last choices, which are then measured again.
/// </summary>
internal sealed class TuningFile
{
    /// <summary>More than all shapes anybody runs: a longer file is none of ours.</summary>
    private const long MostBytes = 4 * 1024 * 1024;

    private readonly string header;

    /// <param name="folder">Where the file lies; made when there is something to write.</param>
    /// <param name="processor">Each processor has a file of its own: several machines may share the folder.</param>
    /// <param name="engine">What was measured with another build of the engine is not read.</param>
    public TuningFile(string folder, string processor, string engine)
    {
        header = $"Hero's measured choices. {processor}. Engine {engine}.";
        FilePath = Path.Combine(folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(processor)))[..16]}.txt");
    }

    public string FilePath { get; }

    /// <summary>The choices by shape; none where the file cannot be read.</summary>
    public Dictionary<string, string> Read()
    {
        var choices = new Dictionary<string, string>();
        try
        {
            var file = new FileInfo(FilePath);
            if (!file.Exists || file.Length > MostBytes) return choices;
            var lines = File.ReadAllLines(FilePath);
            if (lines.Length == 0 || lines[0] != header) return choices;
            foreach (var line in lines.AsSpan(1))
                if (line.Split('\t') is [var shape, var choice]) choices[shape] = choice;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Measured again.
        }
        return choices;
    }

    /// <summary>Adds a choice to what the file has now. A folder that cannot be written is left as it is.</summary>
    public void Add(string shape, string choice)
    {
        var choices = Read();
        choices[shape] = choice;
        var temporary = $"{FilePath}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew))
            {
                stream.Write(Encoding.UTF8.GetBytes($"{header}\n{string.Concat(choices.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}\t{pair.Value}\n"))}"));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, FilePath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
        }
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What could not be written cannot be deleted either.
        }
    }
}
