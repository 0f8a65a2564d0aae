using System.Text.RegularExpressions;
using Hero.Initializers;
using Hero.Layers;
using Hero.Losses;
using Hero.Metrics;
using Hero.Optimizers;
using Hero.Regularizers;

namespace Samples;

/// <summary>Every C# sample of the guides is code of a test beside this file: what is printed there compiles and runs.</summary>
public partial class DocumentationTests
{
    private static readonly string Root = FindRoot();

    private static readonly string[] Run =
        [.. Directory.GetFiles(Path.Combine(Root, "tests", "Hero.Vision.Tests", "Docs"), "*.cs").Select(file => Normalize(File.ReadLines(file)))];

    private static readonly Dictionary<string, Func<string, object>> Names = new()
    {
        ["Activations"] = name => (ActivationFunction)name,
        ["Initializers"] = name => (Initializer)name,
        ["Regularizers"] = name => (Regularizer)name,
        ["Losses"] = name => (Loss)name,
        ["Metrics"] = name => (Metric)name,
        ["Optimizers"] = name => (Optimizer)name,
    };

    [Theory]
    [InlineData("getting-started.md")]
    [InlineData("adding-a-layer.md")]
    [InlineData("architecture.md")]
    public void Samples_are_those_that_are_run(string guide)
    {
        var samples = Samples(guide).ToList();
        Assert.NotEmpty(samples);
        foreach (var sample in samples)
            Assert.True(Array.Exists(Run, code => code.Contains(Normalize(sample), StringComparison.Ordinal)), $"{guide}: no test has this code:\n{string.Join('\n', sample)}");
    }

    [Fact]
    public void The_right_column_of_the_table_is_compiled()
    {
        var cells = Rows("keras-to-hero.md").SelectMany(cell => Code().Matches(cell)).Select(match => match.Groups[1].Value).ToList();
        Assert.True(cells.Count > 100);
        Assert.All(cells, cell => Assert.Contains(Run, code => code.Contains(cell, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_names_of_the_table_are_accepted_and_complete()
    {
        var text = File.ReadAllText(Path.Combine(Root, "docs", "keras-to-hero.md"));
        foreach (var (kind, get) in Names)
        {
            var list = Regex.Match(text, kind + @" by name: ([^.]*)\.").Value;
            var names = Code().Matches(list).Select(match => match.Groups[1].Value).ToList();
            Assert.NotEmpty(names);
            foreach (var name in names) Assert.NotNull(get(name));
            // The message for an unknown name lists those that are known.
            var known = Assert.Throws<ArgumentException>(() => get("?")).Message.Split("there are ")[1].Split(". ")[0].Split(" (")[0].TrimEnd('.').Split(", ");
            Assert.Empty(known.Except(names));
        }
    }

    private static IEnumerable<List<string>> Samples(string guide)
    {
        List<string>? sample = null;
        foreach (var line in File.ReadLines(Path.Combine(Root, "docs", guide)))
        {
            if (sample is null && line.Trim() == "```csharp") sample = [];
            else if (sample is not null && line.Trim() == "```")
            {
                yield return sample;
                sample = null;
            }
            else sample?.Add(line);
        }
    }

    /// <summary>The cells with code of ours: the column is headed "Hero" or "optimizer".</summary>
    private static IEnumerable<string> Rows(string guide)
    {
        var column = -1;
        foreach (var line in File.ReadLines(Path.Combine(Root, "docs", guide)))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (!line.StartsWith('|')) column = -1;
            else if (column < 0) column = Array.FindIndex(cells, cell => cell is "Hero" or "optimizer");
            else yield return cells[column];
        }
    }

    // What differs between a program and a method of a test: indentation, and what stands above the code.
    private static string Normalize(IEnumerable<string> lines) => string.Concat(lines
        .Select(line => line.Trim())
        .Where(line => line.Length > 0 && !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("#:", StringComparison.Ordinal))
        .Select(line => line + "\n"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Hero.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("The tests do not lie below a checkout of Hero.");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
